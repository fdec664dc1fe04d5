import type { TextTable } from "../shell/language.ts";

/** The texts of a record. */
export const recordTexts = {
  title: { en: (seq: string) => `Record ${seq}`, de: (seq: string) => `Datensatz ${seq}` },
  back: { en: "To the sessions", de: "Zu den Ladevorg\u00e4ngen" },
  loading: { en: "The record is loaded", de: "Der Datensatz wird geladen" },
  failed: { en: "The record cannot be shown", de: "Der Datensatz kann nicht angezeigt werden" },
  summary: { en: "In plain words", de: "In einfachen Worten" },
  charged: {
    en: (energy: string) => `${energy} were charged.`,
    de: (energy: string) => `Es wurden ${energy} geladen.`,
  },
  noEnergy: {
    en: "The record does not state clearly how much energy was charged.",
    de: "Der Datensatz sagt nicht eindeutig, wie viel Energie geladen wurde.",
  },
  fromTo: {
    en: (from: string, to: string, duration: string) => `From ${from} to ${to}, for ${duration}.`,
    de: (from: string, to: string, duration: string) => `Von ${from} bis ${to}, ${duration} lang.`,
  },
  zone: {
    en: (zone: string) => `Times are in the time zone ${zone}.`,
    de: (zone: string) => `Zeiten in der Zeitzone ${zone}.`,
  },
  place: {
    en: (evse: string) => `At charging point ${evse}.`,
    de: (evse: string) => `Am Ladepunkt ${evse}.`,
  },
  measuredBy: {
    en: (serial: string) => `Measured and signed by meter ${serial}.`,
    de: (serial: string) => `Gemessen und signiert von Z\u00e4hler ${serial}.`,
  },
  tariff: {
    en: (text: string) => `Tariff text: ${text}.`,
    de: (text: string) => `Tariftext: ${text}.`,
  },
  good: {
    en: "The record is intact: it can be billed.",
    de: "Der Datensatz ist unversehrt: Er kann abgerechnet werden.",
  },
  notGood: {
    en: "The record has a problem: check it before it is billed.",
    de: "Der Datensatz hat ein Problem: vor einer Abrechnung pr\u00fcfen.",
  },
  unreadable: {
    en: "The record cannot be read. Its text is shown below as it is.",
    de: "Der Datensatz kann nicht gelesen werden. Sein Text steht unver\u00e4ndert unten.",
  },
  verdicts: { en: "Verdicts", de: "Pr\u00fcfergebnis" },
  signature: { en: "Signature", de: "Signatur" },
  session: { en: "Session", de: "Ladevorgang" },
  key: { en: "Key", de: "Schl\u00fcssel" },
  valid: { en: "valid", de: "g\u00fcltig" },
  invalid: { en: "invalid", de: "ung\u00fcltig" },
  unverifiable: { en: "not verifiable", de: "nicht pr\u00fcfbar" },
  malformed: { en: "not a record", de: "kein Datensatz" },
  ok: { en: "complete", de: "vollst\u00e4ndig" },
  violated: { en: "not to be billed", de: "nicht abrechenbar" },
  unknown: { en: "unknown", de: "unbekannt" },
  pinned: { en: "known", de: "bekannt" },
  first_seen: { en: "first seen", de: "zum ersten Mal gesehen" },
  changed: { en: "changed", de: "ge\u00e4ndert" },
  problems: { en: "Findings", de: "Feststellungen" },
  facts: { en: "About the record", de: "Zum Datensatz" },
  site: { en: "Site", de: "Standort" },
  meter: { en: "Meter", de: "Z\u00e4hler" },
  meterId: { en: "Serial number and year", de: "Seriennummer und Jahr" },
  transaction: { en: "Transaction", de: "Transaktion" },
  evse: { en: "Charging point", de: "Ladepunkt" },
  identification: { en: "Identification", de: "Identifikation" },
  readAt: { en: "Read from the meter", de: "Vom Z\u00e4hler gelesen" },
  storedAt: { en: "Stored in the stream", de: "Im Stream gespeichert" },
  startedAt: { en: "Seen running", de: "Als laufend gesehen" },
  reason: { en: "Reason", de: "Grund" },
  messageId: { en: "Id of the message", de: "Kennung der Nachricht" },
  journalSeq: { en: "Number in the journal", de: "Nummer im Journal" },
  publicKey: { en: "Public key", de: "\u00d6ffentlicher Schl\u00fcssel" },
  noKey: { en: "none", de: "keiner" },
  fields: { en: "Field by field", de: "Feld f\u00fcr Feld" },
  field: { en: "Field", de: "Feld" },
  value: { en: "Value", de: "Wert" },
  meaning: { en: "Meaning", de: "Bedeutung" },
  energyField: { en: "energy", de: "Energie" },
  durationField: { en: "duration", de: "Dauer" },
  raw: { en: "Text of the record", de: "Text des Datensatzes" },
  rawHint: {
    en: "Exactly as the meter wrote it.",
    de: "Genau so, wie der Z\u00e4hler ihn geschrieben hat.",
  },
  rawMasked: {
    en: "Identification and signature are hidden. So this text cannot be verified.",
    de: "Identifikation und Signatur sind verdeckt. Deshalb kann dieser Text nicht gepr\u00fcft werden.",
  },
  noRaw: {
    en: "The message has no record. It is shown so that you can look for its sender.",
    de: "Die Nachricht enth\u00e4lt keinen Datensatz. Sie wird gezeigt, damit der Absender gesucht werden kann.",
  },
  reveal: { en: "Show the identification", de: "Identifikation zeigen" },
  revealHint: {
    en:
      "Files and messages for a backend contain the identification of the user. The server logs who shows it, when, and from which address.",
    de:
      "Dateien und Nachrichten f\u00fcr ein Backend enthalten die Identifikation des Nutzers. Der Server protokolliert, wer sie wann und von welcher Adresse aus zeigt.",
  },
  revealed: {
    en:
      "The identification is shown, and this was logged. The verdict on the signature below was made in this browser.",
    de: "Die Identifikation wird gezeigt; das wurde protokolliert. Die Signatur wurde in diesem Browser gepr\u00fcft.",
  },
  print: { en: "Print", de: "Drucken" },
  xml: { en: "Save as XML (S.A.F.E.)", de: "Als XML speichern (S.A.F.E.)" },
  ocmfFile: { en: "Save as text (OCMF)", de: "Als Text speichern (OCMF)" },
  ocpp201: { en: "OCPP 2.0.1 and 2.1", de: "OCPP 2.0.1 und 2.1" },
  ocpp16: { en: "OCPP 1.6", de: "OCPP 1.6" },
  ocppAbsent: {
    en: "The record has no energy at its end, so OCPP has no meter value for it.",
    de: "Der Datensatz hat keine Energie an seinem Ende; OCPP hat daf\u00fcr keinen Messwert.",
  },
  copyOcpp: { en: "Message for OCPP", de: "Nachricht f\u00fcr OCPP" },
  copyRaw: { en: "Text of the record", de: "Text des Datensatzes" },
  printed: {
    en:
      "Printed from Wattseal. The text of the record and the public key above are the evidence: any software for OCMF can verify them.",
    de:
      "Gedruckt aus Wattseal. Beweis sind der Text des Datensatzes und der \u00f6ffentliche Schl\u00fcssel: jede Software f\u00fcr OCMF kann sie pr\u00fcfen.",
  },
  reasons: {
    en: (reason: string) => englishReasons.get(reason) ?? reason,
    de: (reason: string) => germanReasons.get(reason) ?? reason,
  },
} as const satisfies TextTable;

const englishReasons: ReadonlyMap<string, string> = new Map([
  ["stopped", "stopped"],
  ["power_loss", "ended by a power loss"],
  ["superseded", "ended by the next start"],
  ["cancelled", "cancelled"],
  ["recovered", "found on the meter"],
  ["corrupted", "damaged on the meter"],
]);

const germanReasons: ReadonlyMap<string, string> = new Map([
  ["stopped", "beendet"],
  ["power_loss", "durch einen Stromausfall beendet"],
  ["superseded", "durch den n\u00e4chsten Start beendet"],
  ["cancelled", "abgebrochen"],
  ["recovered", "auf dem Z\u00e4hler gefunden"],
  ["corrupted", "auf dem Z\u00e4hler besch\u00e4digt"],
]);

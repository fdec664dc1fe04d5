import type { Language } from "../shell/language.ts";

/** Causes and remedies of faults with their German form. A test compares them with those of the service. */
export const faultSentences: readonly (readonly [english: string, german: string])[] = [
  // meter: CommunicationError
  [
    "The meter gave no usable answer in all attempts, or the device of the line is gone",
    "Der Z\u00e4hler gab bei keinem Versuch eine brauchbare Antwort, oder das Ger\u00e4t der Leitung ist weg",
  ],
  [
    "Check wiring, unit id, baud rate and parity, and that the adapter is plugged in. Cleared by the next success",
    "Verdrahtung, Unit-Id, Baudrate und Parit\u00e4t pr\u00fcfen, und ob der Adapter steckt. Endet mit der n\u00e4chsten g\u00fcltigen Antwort",
  ],
  // meter: LineNoisy
  [
    "At least one in twenty exchanges with the meter had no usable answer; repeats still succeed",
    "Mindestens eine von zwanzig Anfragen an den Z\u00e4hler blieb ohne brauchbare Antwort; Wiederholungen gelingen noch",
  ],
  [
    "Check cabling, termination and shielding before it gets worse. Cleared when fewer than one in fifty exchanges fail",
    "Verkabelung, Abschluss und Schirmung pr\u00fcfen, bevor es schlimmer wird. Endet, wenn weniger als eine von f\u00fcnfzig Anfragen fehlschl\u00e4gt",
  ],
  // meter: DeviceStateError
  [
    "The meter reports an error in its device state (register 320499)",
    "Der Z\u00e4hler meldet einen Fehler in seinem Ger\u00e4tezustand (Register 320499)",
  ],
  [
    "The message names the bits: check voltages, currents and frequency. Replace a meter with an internal fault",
    "Die Meldung nennt die Bits: Spannungen, Str\u00f6me und Frequenz pr\u00fcfen. Einen Z\u00e4hler mit innerem Fehler austauschen",
  ],
  // meter: OcmfTransactionClosed
  [
    "The meter closed a running transaction itself, usually after a power loss",
    "Der Z\u00e4hler hat einen laufenden Ladevorgang selbst beendet, meist nach einem Stromausfall",
  ],
  [
    "None: its record is fetched and published. Cleared by the next start or stop",
    "Keine: sein Datensatz wird gelesen und ver\u00f6ffentlicht. Endet mit dem n\u00e4chsten Start oder Stopp",
  ],
  // meter: OcmfCorrupted
  [
    "The meter reports its OCMF file as corrupted, or reports READY but returns no file for 5 s",
    "Der Z\u00e4hler meldet seine OCMF-Datei als besch\u00e4digt, oder er meldet READY und liefert 5 s lang keine Datei",
  ],
  [
    "The content of the file is in the journal with reason `corrupted`. If it happens again, replace the meter",
    "Der Inhalt der Datei steht im Journal mit dem Grund `corrupted`. Wenn es wieder geschieht, den Z\u00e4hler austauschen",
  ],
  // meter: BillingUnavailable
  [
    "The meter has no signature key, or does not answer at its OCMF registers: it cannot bill, metering continues",
    "Der Z\u00e4hler hat keinen Signaturschl\u00fcssel oder antwortet nicht an seinen OCMF-Registern: Abrechnen ist nicht m\u00f6glich, die Messung l\u00e4uft weiter",
  ],
  [
    "Set the signature type of the meter, or use a meter with OCMF; the message names the identification code",
    "Die Signaturart des Z\u00e4hlers einstellen, oder einen Z\u00e4hler mit OCMF verwenden; die Meldung nennt den Kenncode",
  ],
  // meter: RecordNotVerified
  [
    "The signature of the last record is not valid, or its session is violated; the record is published anyway",
    "Die Signatur des letzten Datensatzes ist nicht g\u00fcltig, oder sein Ladevorgang darf nicht abgerechnet werden; der Datensatz wird trotzdem ver\u00f6ffentlicht",
  ],
  [
    "Check `verification.problems` of the record before it is billed. Cleared by the next valid record",
    "`verification.problems` des Datensatzes pr\u00fcfen, bevor er abgerechnet wird. Endet mit dem n\u00e4chsten g\u00fcltigen Datensatz",
  ],
  // meter: SignedValueNotVerified
  [
    "A signed live value does not fit the public key of the meter (checked if `verify_signed_values` is on)",
    "Ein signierter Live-Wert passt nicht zum \u00f6ffentlichen Schl\u00fcssel des Z\u00e4hlers (gepr\u00fcft, wenn `verify_signed_values` eingeschaltet ist)",
  ],
  [
    "The reading is published anyway. If it happens again, replace the meter. Cleared by the next valid value",
    "Die Messung wird trotzdem ver\u00f6ffentlicht. Wenn es wieder geschieht, den Z\u00e4hler austauschen. Endet mit dem n\u00e4chsten g\u00fcltigen Wert",
  ],
  // meter: JournalFailed
  [
    "A record or the state of a transaction cannot be written to the state folder; the file stays on the meter",
    "Ein Datensatz oder der Zustand eines Ladevorgangs kann nicht in den Zustandsordner geschrieben werden; die Datei bleibt auf dem Z\u00e4hler",
  ],
  [
    "Free space in `state_dir` or correct its permissions. The record is fetched when writing works again",
    "In `state_dir` Platz schaffen oder die Rechte berichtigen. Der Datensatz wird gelesen, sobald das Schreiben wieder gelingt",
  ],
  // meter: MeterExchanged
  [
    "Another meter answers here than before (serial number or year); the record of an open transaction is on the old meter",
    "Hier antwortet ein anderer Z\u00e4hler als bisher (Seriennummer oder Jahr); der Datensatz eines offenen Ladevorgangs ist auf dem alten Z\u00e4hler",
  ],
  [
    "Connect the old meter here to fetch its record; acknowledge an intended replacement",
    "Den alten Z\u00e4hler hier anschlie\u00dfen, um seinen Datensatz zu lesen; einen gewollten Austausch best\u00e4tigen",
  ],
  // meter: PublicKeyChanged
  [
    "The meter has another public key than with its first record, but the same serial number",
    "Der Z\u00e4hler hat einen anderen \u00f6ffentlichen Schl\u00fcssel als bei seinem ersten Datensatz, aber dieselbe Seriennummer",
  ],
  [
    "Find the reason before its records are billed; an acknowledgement pins the new key",
    "Den Grund finden, bevor seine Datens\u00e4tze abgerechnet werden; eine Best\u00e4tigung macht den neuen Schl\u00fcssel zum bekannten",
  ],
  // meter: ModelUnknown
  [
    "The identification code of the meter is unknown, and it has no OCMF registers: it is not metered",
    "Der Kenncode des Z\u00e4hlers ist unbekannt, und der Z\u00e4hler hat keine OCMF-Register: seine Werte werden nicht gelesen",
  ],
  [
    "Send us the message. If the type is known, set `model` of the meter in the configuration",
    "Uns die Meldung schicken. Ist der Typ bekannt, `model` des Z\u00e4hlers in der Konfiguration setzen",
  ],
  // meter: WiringSuspect
  [
    "A setting of the meter, or its own check of the wiring, shows that its readings may be wrong",
    "Eine Einstellung des Z\u00e4hlers, oder seine eigene Pr\u00fcfung der Verdrahtung, zeigt, dass seine Messwerte falsch sein k\u00f6nnen",
  ],
  [
    "The message names the register and what to change. Cleared within a minute after the correction",
    "Die Meldung nennt das Register und was zu \u00e4ndern ist. Endet innerhalb einer Minute nach der Berichtigung",
  ],
  // meter: ClockNotSet
  [
    "The meter refused the time, so its records may have a wrong or unsynchronised time",
    "Der Z\u00e4hler hat die Zeit abgelehnt; seine Datens\u00e4tze k\u00f6nnen deshalb eine falsche oder nicht synchronisierte Zeit haben",
  ],
  [
    "The service retries. If the fault stays, check the clock settings of the meter",
    "Der Dienst versucht es wieder. Wenn der Fehler bleibt, die Uhreinstellungen des Z\u00e4hlers pr\u00fcfen",
  ],
  // node: RecordsUndelivered
  [
    "A record has waited for delivery longer than `journal.alarm_undelivered_minutes`",
    "Ein Datensatz wartet schon l\u00e4nger auf die Zustellung als `journal.alarm_undelivered_minutes`",
  ],
  [
    "Check NATS and JetStream: a full stream, a missing stream, or no connection. Cleared when the record is delivered",
    "NATS und JetStream pr\u00fcfen: ein voller Stream, ein fehlender Stream oder keine Verbindung. Endet, wenn der Datensatz zugestellt ist",
  ],
  // node: RecordRefused
  [
    "NATS refuses single records; the other records are delivered",
    "NATS lehnt einzelne Datens\u00e4tze ab; die anderen werden zugestellt",
  ],
  [
    "The message names the records and the reason: a limit of the stream or the server, or a missing permission. Correct it; the service retries. Or export the records with `journal export`",
    "Die Meldung nennt die Datens\u00e4tze und den Grund: eine Grenze des Streams oder des Servers, oder ein fehlendes Recht. Den Grund beheben; der Dienst versucht es wieder. Oder die Datens\u00e4tze mit `journal export` exportieren",
  ],
  // node: JetStreamFull
  [
    "The stream of records, its account or its server has no room left; records wait in the journal",
    "Der Stream der Datens\u00e4tze, sein Konto oder sein Server hat keinen Platz mehr; Datens\u00e4tze warten im Journal",
  ],
  [
    "Raise the limit that the message names, or free space on the server. Cleared when a record is stored",
    "Die Grenze erh\u00f6hen, die die Meldung nennt, oder Platz auf dem Server schaffen. Endet, wenn ein Datensatz gespeichert ist",
  ],
  // node: StreamUnsafe
  [
    "The stream of the records has settings that can lose a record, or it does not store the subject of our records",
    "Der Stream der Datens\u00e4tze hat Einstellungen, durch die ein Datensatz verloren gehen kann, oder er speichert das Subject unserer Datens\u00e4tze nicht",
  ],
  [
    "Run the command that the message names; the service never changes a stream. The journal has the records that the stream lost: deliver them again with `_node.redeliver` or `journal redeliver`",
    "Den Befehl ausf\u00fchren, den die Meldung nennt; der Dienst \u00e4ndert nie einen Stream. Das Journal hat die Datens\u00e4tze, die der Stream verloren hat: mit `_node.redeliver` oder `journal redeliver` erneut zustellen",
  ],
  // node: ReadingsDropped
  [
    "Readings have been lost for more than a minute: the spool is off, is full, or its readings are too old, or the readings are too long",
    "Seit mehr als einer Minute gehen Messungen verloren: der Spool ist aus, ist voll, oder seine Messungen sind zu alt, oder die Messungen sind zu lang",
  ],
  [
    "Check NATS and its stream of readings; the log has the reason why they are not acknowledged. Increase `spool.max_mb` or `spool.max_age_hours`. Cleared when no reading was lost for a minute",
    "NATS und den Stream der Messungen pr\u00fcfen; das Log nennt den Grund, warum sie nicht best\u00e4tigt werden. `spool.max_mb` oder `spool.max_age_hours` erh\u00f6hen. Endet, wenn eine Minute lang keine Messung verloren ging",
  ],
  // node: DuplicateSite
  [
    "Another process serves a meter with the same name at the same site",
    "Ein anderer Prozess bedient am selben Standort einen Z\u00e4hler mit demselben Namen",
  ],
  [
    "The message names the other process and its host. Give one of the two another `site` or other meter names, or stop it. A process that has not served the meter yet waits. Cleared when the other process has stopped",
    "Die Meldung nennt den anderen Prozess und seinen Rechner. Einem der beiden ein anderes `site` oder andere Namen der Z\u00e4hler geben, oder ihn beenden. Ein Prozess, der den Z\u00e4hler noch nicht bedient hat, wartet. Endet, wenn der andere Prozess beendet ist",
  ],
  // node: AccessDenied
  [
    "The NATS server denies subjects that the service needs",
    "Der NATS-Server verweigert Subjects, die der Dienst braucht",
  ],
  [
    "Add the permissions that the message names to the user of the node; `docs/fleet.md` lists all of them",
    "Dem Benutzer des Knotens die Rechte geben, die die Meldung nennt; `docs/fleet.md` f\u00fchrt alle auf",
  ],
  // node: DiskSpaceLow
  [
    "The disk of `state_dir` has less than `journal.alarm_free_mb` free",
    "Auf dem Datentr\u00e4ger von `state_dir` sind weniger als `journal.alarm_free_mb` frei",
  ],
  [
    "Free space before the journal can no longer be written. Cleared when the free space is 10 % above the limit",
    "Platz schaffen, bevor das Journal nicht mehr geschrieben werden kann. Endet, wenn 10 % mehr frei ist als die Grenze",
  ],
  // node: JournalFailed
  [
    "The journal cannot be read or written, or its file was removed or replaced. Starts are refused and records stay on their meters",
    "Das Journal kann nicht gelesen oder geschrieben werden, oder seine Datei wurde entfernt oder ersetzt. Starts werden abgelehnt, und Datens\u00e4tze bleiben auf ihren Z\u00e4hlern",
  ],
  [
    "Free space in `state_dir` or correct its permissions. The service retries and writes a removed journal again. If another file is in its place, put the right file there and restart the service",
    "In `state_dir` Platz schaffen oder die Rechte berichtigen. Der Dienst versucht es wieder und schreibt ein entferntes Journal neu. Liegt eine andere Datei an seiner Stelle, die richtige Datei dorthin legen und den Dienst neu starten",
  ],
  // node: JournalDamaged
  [
    "A damaged journal was replaced by a new one with the readable data. Or the journal in use is damaged: starts are refused and records stay on their meters. Or a column of a row is damaged",
    "Ein besch\u00e4digtes Journal wurde durch ein neues mit den lesbaren Daten ersetzt. Oder das Journal in Gebrauch ist besch\u00e4digt: Starts werden abgelehnt, und Datens\u00e4tze bleiben auf ihren Z\u00e4hlern. Oder eine Spalte einer Zeile ist besch\u00e4digt",
  ],
  [
    "Restart the service if the message says so. Move the file that the message names out of `state_dir` and keep it for repair. Compare a damaged row with a backup. Cleared when no damage is left",
    "Den Dienst neu starten, wenn die Meldung es verlangt. Die Datei, die die Meldung nennt, aus `state_dir` herausnehmen und f\u00fcr die Reparatur aufbewahren. Eine besch\u00e4digte Zeile mit einer Sicherung vergleichen. Endet, wenn kein Schaden mehr da ist",
  ],
  // node: ConfigurationRefused
  [
    "The configuration was read again and refused: it has mistakes, or it changes a key that needs a restart. The old configuration stays in force",
    "Die Konfiguration wurde neu gelesen und abgelehnt: sie hat Fehler, oder sie \u00e4ndert einen Schl\u00fcssel, der einen Neustart braucht. Die alte Konfiguration gilt weiter",
  ],
  [
    "Correct what the message names and reload, or restart the service. Cleared when a configuration is accepted",
    "Berichtigen, was die Meldung nennt, und neu laden, oder den Dienst neu starten. Endet, wenn eine Konfiguration angenommen ist",
  ],
  // node: ClockNotSynchronised
  [
    "The kernel reports this machine's clock as unsynchronised (with `clock.require_sync`), or the clock shows an impossible time",
    "Der Kernel meldet die Uhr dieses Rechners als nicht synchronisiert (mit `clock.require_sync`), oder die Uhr zeigt eine unm\u00f6gliche Zeit",
  ],
  [
    "Check NTP or chrony. No meter clock is set until the machine's clock is right; metering and charging continue",
    "NTP oder chrony pr\u00fcfen. Keine Uhr eines Z\u00e4hlers wird gestellt, bis die Uhr des Rechners stimmt; Messen und Laden gehen weiter",
  ],
];

const germanForms: ReadonlyMap<string, string> = new Map(faultSentences);

/**
 * A cause or a remedy in a language.
 *
 * @param english with backticks around names and values
 * @returns with its language: a sentence that the table does not have stays in English
 */
export function faultSentence(english: string, language: Language): { readonly text: string; readonly lang: Language } {
  const german = language === "de" ? germanForms.get(english) : undefined;
  return german === undefined ? { text: english, lang: "en" } : { text: german, lang: "de" };
}

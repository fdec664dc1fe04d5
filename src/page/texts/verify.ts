import type { TextTable } from "../shell/language.ts";

/** The texts of the page that verifies records. */
export const verifyTexts = {
  title: { en: "Verify a record", de: "Datensatz pr\u00fcfen" },
  intro: {
    en:
      "A meter signs a record of each charging session. This page checks such records in your browser: it sends nothing, and works without a network.",
    de:
      "Ein Z\u00e4hler signiert zu jedem Ladevorgang einen Datensatz. Diese Seite pr\u00fcft solche Datens\u00e4tze in Ihrem Browser: Sie sendet nichts und funktioniert ohne Netz.",
  },
  input: { en: "Record", de: "Datensatz" },
  inputHint: {
    en: "Paste an OCMF text, an XML file of the transparency software, or JSON; or drop a file here.",
    de:
      "Einen OCMF-Text, eine XML-Datei der Transparenzsoftware oder JSON einf\u00fcgen, oder eine Datei hier ablegen.",
  },
  chooseFile: { en: "Choose a file", de: "Datei ausw\u00e4hlen" },
  clear: { en: "Clear", de: "Leeren" },
  file: {
    en: (name: string, bytes: string) => `File ${name}, ${bytes} bytes`,
    de: (name: string, bytes: string) => `Datei ${name}, ${bytes} Byte`,
  },
  unreadableFile: {
    en: (name: string, reason: string) => `The file ${name} cannot be read: ${reason}`,
    de: (name: string, reason: string) => `Die Datei ${name} kann nicht gelesen werden: ${reason}`,
  },
  key: {
    en: "Public key of the meter (optional)",
    de: "\u00d6ffentlicher Schl\u00fcssel des Z\u00e4hlers (freiwillig)",
  },
  keyHint: {
    en:
      "Copy it from the meter's label or display, or from a place that you trust. It is then used instead of the keys in the record's file.",
    de:
      "Vom Typenschild oder der Anzeige des Z\u00e4hlers \u00fcbernehmen, oder aus einer Quelle, der Sie vertrauen. Er wird dann anstelle der Schl\u00fcssel in der Datei verwendet.",
  },
  keyUnusable: {
    en: "This is not a usable public key",
    de: "Das ist kein verwendbarer \u00f6ffentlicher Schl\u00fcssel",
  },
  result: { en: "Result", de: "Ergebnis" },
  nothingYet: { en: "There is no record yet.", de: "Es liegt noch kein Datensatz vor." },
  noRecord: { en: "No record was found in this input", de: "In dieser Eingabe wurde kein Datensatz gefunden" },
  noRecordHint: {
    en: 'A record begins with "OCMF|". In XML it is in a signedData element, in JSON in the member "ocmf".',
    de: 'Ein Datensatz beginnt mit "OCMF|". In XML steht er in einem Element signedData, in JSON im Feld "ocmf".',
  },
  summary: {
    en: (good: number, all: number) =>
      all === 1
        ? (good === 1 ? "The record is genuine and complete" : "The record was not confirmed: see below")
        : `${good} of ${all} records are genuine and complete`,
    de: (good: number, all: number) =>
      all === 1
        ? (good === 1
          ? "Der Datensatz ist echt und vollst\u00e4ndig"
          : "Der Datensatz wurde nicht best\u00e4tigt: siehe unten")
        : `${good} von ${all} Datens\u00e4tzen sind echt und vollst\u00e4ndig`,
  },
  left: {
    en: (count: number) => `${count} more records were not checked: this input has too many.`,
    de: (count: number) => `${count} weitere Datens\u00e4tze wurden nicht gepr\u00fcft: Diese Eingabe hat zu viele.`,
  },
  recordNumber: {
    en: (number: number, all: number) => all === 1 ? "Record" : `Record ${number} of ${all}`,
    de: (number: number, all: number) => all === 1 ? "Datensatz" : `Datensatz ${number} von ${all}`,
  },
  content: { en: "What the record states", de: "Was der Datensatz angibt" },
  contentUnproven: {
    en: "What the record states (not proven)",
    de: "Was der Datensatz angibt (nicht bewiesen)",
  },
  checks: { en: "What was checked", de: "Was gepr\u00fcft wurde" },
  usedKey: { en: "Which key was used", de: "Welcher Schl\u00fcssel verwendet wurde" },
  fingerprint: { en: "SHA-256 of the key", de: "SHA-256 des Schl\u00fcssels" },
  keyText: { en: "The key", de: "Der Schl\u00fcssel" },
  fields: { en: "Field by field", de: "Feld f\u00fcr Feld" },
  rawText: { en: "The record as it was signed", de: "Der Datensatz, wie er signiert wurde" },
  version: { en: (version: string) => `Wattseal ${version}`, de: (version: string) => `Wattseal ${version}` },
  code: { en: "SHA-256 of the code of this page", de: "SHA-256 des Codes dieser Seite" },
  language: { en: "Sprache: Deutsch", de: "Language: English" },
  download: { en: "This page as a file", de: "Diese Seite als Datei" },
} as const satisfies TextTable;

import type { TextTable } from "../shell/language.ts";

/** What a person can conclude from a verification: a title and a sentence for each conclusion. */
export const conclusionTexts = {
  genuine: { en: "Genuine and complete", de: "Echt und vollst\u00e4ndig" },
  genuineMeans: {
    en: "The record is unchanged since it was signed, and contains one complete charging session.",
    de: "Der Datensatz ist seit der Signatur unver\u00e4ndert und enth\u00e4lt einen vollst\u00e4ndigen Ladevorgang.",
  },
  otherKey: { en: "Signed, but a different key is known", de: "Signiert, aber ein anderer Schl\u00fcssel ist bekannt" },
  otherKeyMeans: {
    en: "The signature matches, but the input contains two different keys for this meter. Find out which one is right.",
    de:
      "Die Signatur passt, aber die Eingabe enth\u00e4lt zwei verschiedene Schl\u00fcssel f\u00fcr diesen Z\u00e4hler. Kl\u00e4ren Sie, welcher richtig ist.",
  },
  incomplete: { en: "Genuine, but not a complete session", de: "Echt, aber kein vollst\u00e4ndiger Ladevorgang" },
  incompleteMeans: {
    en: "The record is unchanged since it was signed. It does not contain all data of a complete charging session.",
    de:
      "Der Datensatz ist seit der Signatur unver\u00e4ndert. Er enth\u00e4lt nicht alle Angaben eines vollst\u00e4ndigen Ladevorgangs.",
  },
  notBillable: { en: "Signed, but must not be billed", de: "Signiert, darf aber nicht abgerechnet werden" },
  notBillableMeans: {
    en: "The record is unchanged since it was signed, but the session that it states has the problems below.",
    de:
      "Der Datensatz ist seit der Signatur unver\u00e4ndert, aber der angegebene Ladevorgang hat die unten genannten M\u00e4ngel.",
  },
  refused: { en: "Refused: the signature does not match", de: "Abgelehnt: Die Signatur passt nicht" },
  refusedMeans: {
    en: "The record or its signature was changed, or the key is not that of the meter. Do not trust its values.",
    de:
      "Der Datensatz oder seine Signatur wurde ver\u00e4ndert, oder der Schl\u00fcssel geh\u00f6rt nicht zum Z\u00e4hler. Den Werten ist nicht zu trauen.",
  },
  unverified: { en: "Not verified", de: "Nicht gepr\u00fcft" },
  unverifiedMeans: {
    en: "The signature could not be checked: there is no usable key. Give the public key of the meter.",
    de:
      "Die Signatur konnte nicht gepr\u00fcft werden: Es gibt keinen verwendbaren Schl\u00fcssel. Geben Sie den \u00f6ffentlichen Schl\u00fcssel des Z\u00e4hlers an.",
  },
  unreadable: { en: "This is not an OCMF record", de: "Das ist kein OCMF-Datensatz" },
  unreadableMeans: {
    en: "Nothing was checked. A record must be complete, without missing or added characters.",
    de:
      "Es wurde nichts gepr\u00fcft. Ein Datensatz muss vollst\u00e4ndig sein, ohne fehlende oder zus\u00e4tzliche Zeichen.",
  },
} as const satisfies TextTable;

/** Where a key came from, and what that means. */
export const keySourceTexts = {
  pasted: { en: "The key that you gave", de: "Der von Ihnen angegebene Schl\u00fcssel" },
  pastedMeans: {
    en: "If it is the key of this meter, a valid signature proves that this meter wrote the record.",
    de:
      "Wenn es der Schl\u00fcssel dieses Z\u00e4hlers ist, beweist eine g\u00fcltige Signatur, dass dieser Z\u00e4hler den Datensatz schrieb.",
  },
  xml: { en: "The key in the XML file of the record", de: "Der Schl\u00fcssel aus der XML-Datei des Datensatzes" },
  json: { en: "The key in the file of the record", de: "Der Schl\u00fcssel aus der Datei des Datensatzes" },
  fromFileMeans: {
    en:
      "It came together with the record. A valid signature proves that nothing was changed since it was signed with this key. It does not prove that the key belongs to the meter: compare it with the key on the meter's label or display.",
    de:
      "Er kam zusammen mit dem Datensatz. Eine g\u00fcltige Signatur beweist, dass seit der Signatur mit diesem Schl\u00fcssel nichts ver\u00e4ndert wurde. Sie beweist nicht, dass der Schl\u00fcssel zum Z\u00e4hler geh\u00f6rt: Vergleichen Sie ihn mit dem Schl\u00fcssel auf dem Typenschild oder der Anzeige des Z\u00e4hlers.",
  },
  none: { en: "There is no key", de: "Es gibt keinen Schl\u00fcssel" },
  noneMeans: {
    en: "The record came without a key, and none was given. Without a key, a signature proves nothing.",
    de:
      "Der Datensatz kam ohne Schl\u00fcssel, und es wurde keiner angegeben. Ohne Schl\u00fcssel beweist eine Signatur nichts.",
  },
} as const satisfies TextTable;

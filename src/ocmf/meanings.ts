const statusMeanings: Readonly<Record<string, string>> = {
  G: "good",
  N: "the meter is not present",
  T: "the meter did not answer in time",
  D: "the meter was disconnected from the signature unit",
  R: "the meter was removed",
  M: "manipulation was detected",
  X: "the meter was exchanged",
  I: "the meter is not compatible",
  O: "the value is out of range",
  S: "the value is a substitute",
  E: "another error",
  F: "the register was not read correctly",
};

const transactionMeanings: Readonly<Record<string, string>> = {
  B: "begin of the transaction",
  C: "charging",
  X: "exception, unusable from here on",
  E: "end of the transaction",
  L: "ended at the charging station",
  R: "ended from remote",
  A: "ended by an abort",
  P: "ended by a power loss",
  S: "suspended",
  T: "change of tariff",
};

const timeMeanings: Readonly<Record<string, string>> = {
  U: "clock not synchronised",
  I: "time is informative only",
  S: "clock synchronised",
  R: "relative: the duration counts, the absolute time is informative",
};

const levelMeanings: Readonly<Record<string, string>> = {
  NONE: "no user is assigned",
  HEARSAY: "unsecured, such as the number of an RFID card",
  TRUSTED: "can be trusted to some extent, such as an authorisation by the back end",
  VERIFIED: "verified by the signature unit",
  CERTIFIED: "verified by the signature unit with a certificate",
  SECURE: "established by a secure feature",
  MISMATCH: "error: the numbers do not match",
  INVALID: "error: the certificate is not correct",
  OUTDATED: "error: the certificate has expired",
  UNKNOWN: "error: the certificate could not be verified",
};

/** ST in plain words. */
export function statusMeaning(status: string): string {
  return statusMeanings[status] ?? "not a known status";
}

/** TX in plain words. */
export function transactionMeaning(mark: string): string {
  return transactionMeanings[mark] ?? "not a known mark";
}

/** The flag of TM in plain words. */
export function timeMeaning(flag: string): string {
  return timeMeanings[flag] ?? "does not tell what the time is worth";
}

/** IL in plain words. */
export function levelMeaning(level: string): string {
  return levelMeanings[level] ?? "not a known level";
}

/** The fields of a payload in the order in which they are explained. */
export const fieldMeanings: Readonly<Record<string, string>> = {
  FV: "version of the format",
  GI: "the unit that signs",
  GS: "serial number of the unit that signs",
  GV: "version of the unit that signs",
  VI: "maker of the unit that signs (versions up to 0.4)",
  VV: "version of the unit that signs (versions up to 0.4)",
  PG: "running number",
  MV: "maker of the meter",
  MM: "model of the meter",
  MS: "serial number of the meter",
  MF: "firmware of the meter",
  IS: "user assignment",
  IL: "how far the user assignment can be trusted",
  IF: "how the user was identified",
  IT: "kind of the identification",
  ID: "identification of the user",
  TT: "tariff text",
  CF: "firmware of the charge controller",
  LC: "compensation of the losses in the cable (name, number, resistance, unit)",
  CT: "kind of the charging point's name",
  CI: "name of the charging point",
};

const verdictMeanings: Readonly<Record<string, string>> = {
  "signature valid": "the owner of the key signed exactly these bytes",
  "signature invalid": "the key did not sign these bytes: record, signature or key is another",
  "signature unverifiable": "could not be checked",
  "signature malformed": "this is not an OCMF record",
  "session ok": "one whole charging session",
  "session violated": "must not be billed as it is",
  "session unknown": "the record does not tell enough",
  "key pinned": "the key that is known of this meter",
  "key first_seen": "no key of this meter was known before: compare it with the one printed on the meter",
  "key changed": "another key than is known of this meter",
};

/** A verdict in plain words. */
export function verdictMeaning(subject: "signature" | "session" | "key", verdict: string): string {
  return verdictMeanings[`${subject} ${verdict}`] ?? "";
}

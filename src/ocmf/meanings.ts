const statusMeanings: Readonly<Record<string, string>> = {
  G: "good",
  N: "the meter is not present",
  T: "the meter did not answer in time",
  D: "the meter was disconnected from the signature unit",
  R: "the meter was removed",
  M: "manipulation was detected",
  X: "the meter was replaced",
  I: "the meter is not compatible",
  O: "the value is out of range",
  S: "the value is a substitute",
  E: "another error",
  F: "the register was not read correctly",
};

const transactionMeanings: Readonly<Record<string, string>> = {
  B: "begin of the transaction",
  C: "charging",
  X: "exception, unusable from this reading on",
  E: "end of the transaction",
  L: "ended at the charging station",
  R: "ended remotely",
  A: "ended by an abort",
  P: "ended by a power loss",
  S: "suspended",
  T: "change of tariff",
};

const timeMeanings: Readonly<Record<string, string>> = {
  U: "clock not synchronised",
  I: "time is informative only",
  S: "clock synchronised",
  R: "relative: only the duration is reliable",
};

const levelMeanings: Readonly<Record<string, string>> = {
  NONE: "no user is assigned",
  HEARSAY: "unsecured, such as the number of an RFID card",
  TRUSTED: "trusted to some extent, such as an authorisation by the backend",
  VERIFIED: "verified by the signature unit",
  CERTIFIED: "verified by the signature unit with a certificate",
  SECURE: "established by a secure feature",
  MISMATCH: "error: the numbers do not match",
  INVALID: "error: the certificate is not correct",
  OUTDATED: "error: the certificate has expired",
  UNKNOWN: "error: the certificate could not be verified",
};

/** The meaning of ST. */
export function statusMeaning(status: string): string {
  return statusMeanings[status] ?? "unknown status";
}

/** The meaning of TX. */
export function transactionMeaning(mark: string): string {
  return transactionMeanings[mark] ?? "unknown mark";
}

/** The meaning of the flag of TM. */
export function timeMeaning(flag: string): string {
  return timeMeanings[flag] ?? "state of the clock unknown";
}

/** The meaning of IL. */
export function levelMeaning(level: string): string {
  return levelMeanings[level] ?? "unknown level";
}

/** The fields of a payload, in the order of the explanation. */
export const fieldMeanings: Readonly<Record<string, string>> = {
  FV: "version of the format",
  GI: "signature unit",
  GS: "serial number of the signature unit",
  GV: "version of the signature unit",
  VI: "manufacturer of the signature unit (versions up to 0.4)",
  VV: "version of the signature unit (versions up to 0.4)",
  PG: "sequence number",
  MV: "manufacturer of the meter",
  MM: "model of the meter",
  MS: "serial number of the meter",
  MF: "firmware of the meter",
  IS: "user assignment",
  IL: "reliability of the user assignment",
  IF: "how the user was identified",
  IT: "type of the identification",
  ID: "identification of the user",
  TT: "tariff text",
  CF: "firmware of the charge controller",
  LC: "compensation of cable losses (name, number, resistance, unit)",
  CT: "type of the charging point id",
  CI: "charging point id",
};

const verdictMeanings: Readonly<Record<string, string>> = {
  "signature valid": "the owner of the key signed exactly these bytes",
  "signature invalid": "the key did not sign these bytes: the record, the signature or the key was changed",
  "signature unverifiable": "could not be verified",
  "signature malformed": "this is not an OCMF record",
  "session ok": "one complete charging session",
  "session violated": "must not be billed",
  "session unknown": "the record does not contain enough data",
  "key pinned": "the known key of this meter",
  "key first_seen": "no key of this meter was known before: compare it with the key on the meter's label",
  "key changed": "not the known key of this meter",
};

/** The meaning of a verdict. */
export function verdictMeaning(subject: "signature" | "session" | "key", verdict: string): string {
  return verdictMeanings[`${subject} ${verdict}`] ?? "";
}

import type { ExplanationWords } from "./words.ts";

/** The words of an explanation in English. */
export const englishWords: ExplanationWords = {
  fields: {
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
  },
  statuses: {
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
  },
  marks: {
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
  },
  times: {
    U: "clock not synchronised",
    I: "time is informative only",
    S: "clock synchronised",
    R: "relative: only the duration is reliable",
  },
  levels: {
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
  },
  verdicts: {
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
  },
  unknown: {
    status: "unknown status",
    mark: "unknown mark",
    time: "state of the clock unknown",
    level: "unknown level",
  },
  assigned: "a user is assigned",
  notAssigned: "no user is assigned",
  ofTransactions: "of the transaction records",
  ofFiscals: "of the fiscal records",
  forTransaction: (id) => `for transaction ${id}`,
  outside: "outside of a transaction",
  noStatus: "no status",
  status: (code, meaning) => `status ${code}: ${meaning}`,
  errorFlags: (flags) => `error flags ${flags}`,
  loss: (value) => `cumulated loss ${value}`,
  at: "at",
  registers: {
    other: "register of the meter",
    energy: "energy register",
    import: "energy to the vehicle (import)",
    export: "energy from the vehicle (export)",
    compensated: "with compensated cable losses",
  },
  theRegister: "the register",
  energy: (register) => `end value minus begin value of ${register}`,
  duration: "from begin to end (hours:minutes:seconds)",
  algorithm: "signature algorithm",
  assumed: "the default: the record has none",
  signatureData: "the signature of all bytes of the payload",
};

/** The meaning of ST. */
export function statusMeaning(status: string, words: ExplanationWords = englishWords): string {
  return words.statuses[status] ?? words.unknown.status;
}

/** The meaning of the flag of TM. */
export function timeMeaning(flag: string, words: ExplanationWords = englishWords): string {
  return words.times[flag] ?? words.unknown.time;
}

/** The meaning of IL. */
export function levelMeaning(level: string, { levels, unknown }: ExplanationWords): string {
  return Object.hasOwn(levels, level) ? levels[level] ?? unknown.level : unknown.level;
}

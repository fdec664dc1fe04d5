/** Open Charge Metering Format: parse, verify, explain and, for simulated meters, sign billing records. */
export type { Expected, Verification } from "./types.ts";
export type { CurveName } from "./curves.ts";
export { explainInWords, explainRecord, type Explanation } from "./explain.ts";
export { englishWords } from "./meanings.ts";
export { parsedFacts, type RecordFacts, recordFacts } from "./facts.ts";
export { type JoinedSession, joinedSession } from "./joined_session.ts";
export { keyFingerprint } from "./key_fingerprint.ts";
export { verifyLiveMap } from "./live_map.ts";
export {
  type OcppRecord,
  type OcppSignedMeterValue,
  parsedToOcpp,
  toOcppRecord,
  toOcppSignedMeterValue,
} from "./ocpp.ts";
export type {
  OcppContext,
  OcppMeasurand,
  OcppMeterValue,
  OcppMeterValue16,
  OcppSampledValue,
  OcppSampledValue16,
  OcppUnit,
  OcppUnitOfMeasure,
} from "./ocpp_reading.ts";
export type { TimeFlag } from "./time_mark.ts";
export { ParsedRecord } from "./parsed_record.ts";
export { readRecords, type RecordInput } from "./read_records.ts";
export { isSameKey, publicKeyProblem } from "./public_key.ts";
export { transactionIdOf } from "./record.ts";
export {
  parsedSession,
  type RecordSession,
  type SessionEnergy,
  type SessionIdentification,
  sessionOf,
} from "./record_session.ts";
export { publicKey, signLiveMap, signRecord } from "./sign.ts";
export { pointToSpki, spkiToPem, spkiToPoint } from "./spki.ts";
export { verifyParsed, verifyRecord } from "./verify.ts";
export type { ExplanationWords } from "./words.ts";
export { verifyRecords } from "./verify_records.ts";
export { xmlContainer, xmlValue } from "./write_xml.ts";

/**
 * The client of a fleet, the verification of records, and the types of all payloads: for Deno, Node and browsers.
 *
 * @module
 */
export * from "./src/client/mod.ts";
export type {
  AcknowledgeAnswer,
  FailedAnswer,
  FaultPayload,
  OcmfResult,
  PowermeterPayload,
  PublicKeyPayload,
  StartAnswer,
  StatusAnswer,
  StatusPayload,
  StopAnswer,
  TransactionRequest,
} from "./src/contract/mod.ts";
export {
  type Expected,
  explainRecord,
  type Explanation,
  type OcppContext,
  type OcppMeasurand,
  type OcppMeterValue,
  type OcppMeterValue16,
  type OcppRecord,
  type OcppSampledValue,
  type OcppSampledValue16,
  type OcppSignedMeterValue,
  type OcppUnit,
  type OcppUnitOfMeasure,
  pointToSpki,
  type RecordFacts,
  recordFacts,
  type RecordSession,
  type SessionEnergy,
  type SessionIdentification,
  sessionOf,
  spkiToPem,
  spkiToPoint,
  type TimeFlag,
  toOcppRecord,
  toOcppSignedMeterValue,
  type Verification,
  verifyLiveMap,
  verifyRecord,
} from "./src/ocmf/mod.ts";

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
  type OcppSignedMeterValue,
  pointToSpki,
  type RecordFacts,
  recordFacts,
  spkiToPem,
  spkiToPoint,
  toOcppSignedMeterValue,
  type Verification,
  verifyLiveMap,
  verifyRecord,
} from "./src/ocmf/mod.ts";

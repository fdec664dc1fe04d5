/** Open Charge Metering Format: parse, verify, explain and, for simulated meters, sign billing records. */
export type { Expected, Verification } from "./types.ts";
export type { CurveName } from "./curves.ts";
export type { Explanation } from "./explain.ts";
export type { OcppSignedMeterValue } from "./ocpp.ts";
export type { RecordFacts } from "./facts.ts";
export { explainRecord } from "./explain.ts";
export { recordFacts } from "./facts.ts";
export { toOcppSignedMeterValue } from "./ocpp.ts";
export { publicKey, signLiveMap, signRecord } from "./sign.ts";
export { pointToSpki, spkiToPem, spkiToPoint } from "./spki.ts";
export { verifyLiveMap } from "./live_map.ts";
export { verifyRecord } from "./verify.ts";

import assert from "node:assert/strict";
import {
  explainRecord,
  recordFacts,
  sessionOf,
  toOcppRecord,
  verifyLiveMap,
  verifyRecord,
} from "../../src/ocmf/mod.ts";
import { ocppRecordSchema } from "../../src/contract/ocpp_schemas.ts";
import { textOf } from "./samples.ts";

/** Runs all functions on bytes that are not a valid record; none may throw. */
export function judgeAll(bytes: Uint8Array, key: string | undefined): void {
  const verification = verifyRecord(bytes, key, {
    pinnedKey: "x",
    transactionId: "t",
    serialNumber: "s",
    lastPagination: 1,
  });
  assert.notEqual(verification.signature, "valid");
  explainRecord(bytes, verification);
  recordFacts(bytes);
  sessionOf(bytes);
  const ocpp = toOcppRecord(bytes, key ?? "");
  assert.deepEqual(ocppRecordSchema.parse(ocpp), ocpp);
  assert.deepEqual(Uint8Array.fromBase64(ocpp.signedMeterData), bytes);
  verifyLiveMap(textOf(bytes), textOf(bytes), key ?? "");
}

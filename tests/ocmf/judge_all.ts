import assert from "node:assert/strict";
import { explainRecord, recordFacts, sessionOf, verifyLiveMap, verifyRecord } from "../../src/ocmf/mod.ts";
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
  verifyLiveMap(textOf(bytes), textOf(bytes), key ?? "");
}

import assert from "node:assert/strict";
import { verifyRecord } from "../../src/ocmf/mod.ts";
import vectors from "./vectors.json" with { type: "json" };
import { bytesOf } from "./samples.ts";

for (const { id, ocmf, public_key: publicKey, expected } of vectors) {
  Deno.test(`verifyRecord reports ${id} as ${expected}`, () => {
    const verification = verifyRecord(bytesOf(ocmf), publicKey ?? undefined);
    assert.equal(verification.signature, expected, verification.problems.join("; "));
  });
}

Deno.test("verifyRecord finds complete sessions in the records of meters that sign begin and end together", () => {
  const sessions = new Map(vectors.map(({ id, ocmf }) => [id, verifyRecord(bytesOf(ocmf), undefined).session]));
  assert.equal(sessions.get("safe/ocmf-compleo-daten#1"), "ok");
  assert.equal(sessions.get("safe/keba_test_txn#1"), "ok", "a third reading belongs to another register");
  assert.equal(sessions.get("safe/Ocmf_Example_OBIS_98.8.0_2.8.0#1"), "ok", "two registers, each with begin and end");
  assert.equal(sessions.get("safe/chargepoint_3#1"), "ok", "values are quoted");
  assert.equal(sessions.get("synthetic/em580-p256-low-s"), "ok");
  assert.equal(sessions.get("safe/ocmf_sec#1"), "unknown", "the end is in another record");
  assert.equal(sessions.get("safe/OCMF-receipt-with_publickey_and_data#1"), "violated", "status E");
  assert.equal(sessions.get("safe/test_ocmf_transaction_two_values#2"), "violated", "marked as exception");
});

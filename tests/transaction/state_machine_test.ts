import assert from "node:assert/strict";
import { recordReason, step, type TransactionState } from "../../src/transaction/state_machine.ts";
import { testProperties } from "../fuzz/test_properties.ts";
import { machineProperties } from "./state_machine_properties.ts";

testProperties(machineProperties);

Deno.test("step keeps the first reason for which a transaction is ended", () => {
  const stopping: TransactionState = { kind: "stopping", transactionId: "a", why: "cancelled" };
  assert.deepEqual(step(stopping, { kind: "end", why: "stopped" }).state, stopping);
});

Deno.test("recordReason prefers a power loss to a stop, and ignores a stop for the record of another transaction", () => {
  const stopping: TransactionState = { kind: "stopping", transactionId: "a", why: "stopped" };
  const running: TransactionState = { kind: "running", transactionId: "a" };
  assert.equal(recordReason(stopping, "READY", "a", "E"), "stopped");
  assert.equal(recordReason(stopping, "READY", "a", "P"), "power_loss");
  assert.equal(recordReason(stopping, "READY", "b", "P"), "power_loss");
  assert.equal(recordReason(running, "READY", "a", "P"), "power_loss");
  assert.equal(recordReason(running, "READY", "a", "E"), "recovered");
  assert.equal(recordReason(stopping, "CORRUPTED", "a", "E"), "corrupted");
});

import assert from "node:assert/strict";
import { startRequest, until, World } from "./world.ts";

Deno.test("MeterTransactions.start uses the line while the journal writes, and writes nothing to the meter before", async () => {
  await using world = new World();
  const { transactions, steps, journal } = world.boot();
  const change = journal.change.bind(journal);
  const writes: (() => void)[] = [];
  journal.change = async (...args) => {
    await new Promise<void>((resolve) => writes.push(resolve));
    return await change(...args);
  };
  const started = transactions.start(startRequest("tx-1"));
  await until(() => writes.length === 1 && steps.calls.length === 2);
  assert.deepEqual(steps.calls, ["readOcmfState", "requireSameMeter"]);
  writes[0]?.();
  await until(() => writes.length === 2 && steps.calls.at(-1) === "readSignedValue");
  assert.equal(journal.transaction("evse-1", "tx-1")?.state, "starting");
  writes[1]?.();
  assert.equal((await started).status, "OK");
});

Deno.test("MeterTransactions.start fails and writes no field if the meter cannot be identified while the journal writes", async () => {
  await using world = new World();
  const { transactions, steps, journal } = world.boot();
  steps.mishapAt = (_, step) => step === "requireSameMeter" ? "refused" : undefined;
  await assert.rejects(transactions.start(startRequest("tx-1")), { message: /requireSameMeter/ });
  assert.deepEqual(journal.openTransactions("evse-1"), []);
  assert.ok(!steps.calls.includes("writeTransaction"));
});

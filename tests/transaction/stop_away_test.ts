import assert from "node:assert/strict";
import { startRequest, World } from "./world.ts";

Deno.test("MeterTransactions.stop of an unreachable meter is stored, and the transaction ends when the meter returns", async () => {
  for (const [id, reason] of [["tx-1", "stopped"], ["", "cancelled"]] as const) {
    await using world = new World();
    const { transactions, steps, journal } = world.boot();
    await transactions.start(startRequest("tx-1"));
    steps.state = "offline";
    await assert.rejects(transactions.stop({ transaction_id: id }), { code: "METER_OFFLINE" });
    steps.state = "online";
    await transactions.recover();
    assert.deepEqual(journal.records().map((record) => record.reason), [reason]);
  }
});

Deno.test("MeterTransactions.stop is attempted on an offline meter that answers, before it is refused", async () => {
  for (const [id, reason] of [["tx-1", "stopped"], ["", "cancelled"]] as const) {
    await using world = new World();
    const { transactions, steps, journal } = world.boot();
    await transactions.start(startRequest("tx-1"));
    steps.state = "offline";
    steps.answersBadly = true;
    steps.mishapAt = () => "lost";
    await assert.rejects(transactions.stop({ transaction_id: id }), {
      code: "METER_OFFLINE",
      message: /is offline, and another attempt failed: damaged answer to requireSameMeter/,
    });
    assert.deepEqual([world.meter.state, transactions.current.state], ["RUNNING", "stopping"]);
    steps.mishapAt = () => undefined;
    assert.equal((await transactions.stop({ transaction_id: id })).status, "OK");
    assert.deepEqual(journal.records().map((record) => record.reason), [reason]);
  }
});

Deno.test("MeterTransactions.stop first reads a meter that has not answered since a restart, and then ends a transaction", async () => {
  await using world = new World();
  await world.boot().transactions.start(startRequest("tx-1"));
  world.meter.tariffText = "another master's<=>other";
  const { transactions } = world.boot();
  await assert.rejects(transactions.stop({ transaction_id: "tx-1" }), { code: "TRANSACTION_FINISHED" });
  assert.equal(world.meter.state, "RUNNING");
  assert.deepEqual(transactions.current, { state: "running", transactionId: "other" });
});

Deno.test("MeterTransactions.stop reports an unknown id of an unreachable meter only after the meter was read once", async () => {
  await using world = new World();
  const { transactions, steps } = world.boot();
  steps.state = "offline";
  await assert.rejects(transactions.stop({ transaction_id: "tx-1" }), { code: "METER_OFFLINE" });
  steps.state = "online";
  await transactions.recover();
  steps.state = "offline";
  await assert.rejects(transactions.stop({ transaction_id: "tx-1" }), { code: "UNKNOWN_TRANSACTION" });
});

Deno.test("MeterTransactions.stop keeps its intent while setup has not read the identity of the meter, or has misread it", async () => {
  for (const id of ["tx-1", ""]) {
    for (const known of [true, false]) {
      await using world = new World();
      await world.boot().transactions.start(startRequest("tx-1"));
      const { transactions, steps, journal } = world.boot();
      const { identity } = steps;
      assert.ok(identity !== undefined);
      steps.identity = known ? { ...identity, billing: { able: false, reason: "its key was not read" } } : undefined;
      const code = known ? "NOT_SUPPORTED" : "METER_OFFLINE";
      await assert.rejects(transactions.stop({ transaction_id: id }), { code });
      await assert.rejects(transactions.stop({ transaction_id: "tx-2" }), { code });
      steps.identity = identity;
      await transactions.recover();
      assert.deepEqual(journal.records().map(({ transactionId, reason }) => [transactionId, reason]), [
        ["tx-1", id === "" ? "cancelled" : "stopped"],
      ]);
    }
  }
});

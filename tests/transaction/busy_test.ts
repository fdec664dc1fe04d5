import assert from "node:assert/strict";
import { startRequest, until, World } from "./world.ts";

/** Whether `notBusy` has resolved, as it is updated by later turns of the event loop. */
function watched(transactions: { notBusy(): Promise<void> }): { isOver: boolean } {
  const watch = { isOver: false };
  void transactions.notBusy().then(() => watch.isOver = true);
  return watch;
}

Deno.test("MeterTransactions is busy from the arrival of a start until the record of its transaction is stored and the meter is free", async () => {
  await using world = new World();
  const { transactions } = world.boot();
  await transactions.notBusy();
  assert.equal(transactions.isBusy, false);
  const start = transactions.start(startRequest("tx-1"));
  assert.equal(transactions.isBusy, true);
  const watch = watched(transactions);
  await start;
  assert.equal(transactions.isBusy, true);
  await transactions.stop({ transaction_id: "tx-1" });
  await until(() => watch.isOver);
  assert.equal(transactions.isBusy, false);
  assert.deepEqual(world.meter.erased.length, 1);
});

Deno.test("MeterTransactions is busy with a transaction that an earlier process has left, until recovery has ended it", async () => {
  await using world = new World();
  const first = world.boot();
  await first.transactions.start(startRequest("tx-1"));
  const { transactions, steps } = world.boot();
  assert.equal(transactions.isBusy, true);
  const watch = watched(transactions);
  await transactions.recover();
  assert.deepEqual([transactions.isBusy, watch.isOver], [true, false]);
  await transactions.stop({ transaction_id: "" });
  await until(() => watch.isOver);
  assert.equal(steps.state, "online");
});

Deno.test("MeterTransactions is busy while a start fails, and not after it", async () => {
  await using world = new World();
  const { transactions, steps } = world.boot();
  steps.state = "offline";
  const start = transactions.start(startRequest("tx-1"));
  assert.equal(transactions.isBusy, true);
  await assert.rejects(start, { code: "METER_OFFLINE" });
  await transactions.notBusy();
  assert.equal(transactions.isBusy, false);
});

Deno.test("MeterTransactions refuses requests from the call of close on, with its reason", async () => {
  await using world = new World();
  const { transactions } = world.boot();
  await transactions.notBusy();
  const closed = transactions.close("its settings are changing; repeat the request");
  await assert.rejects(transactions.start(startRequest("tx-1")), {
    code: "METER_OFFLINE",
    message: "Cannot start a transaction on meter evse-1: its settings are changing; repeat the request",
  });
  await closed;
});

import assert from "node:assert/strict";
import { startRequest, World } from "./world.ts";

/** A world with one transaction, tx-1, which has ended, was delivered and is pruned. */
async function prunedWorld(): Promise<World> {
  const world = new World();
  const { transactions, journal } = world.boot();
  await transactions.start(startRequest("tx-1"));
  await transactions.stop({ transaction_id: "tx-1" });
  await journal.markDelivered(1, world.time.now());
  assert.equal(await journal.prune(Number.MAX_SAFE_INTEGER), 1);
  assert.deepEqual(journal.transactions(), []);
  return world;
}

for (const restarted of [false, true]) {
  const when = restarted ? ", also after a restart" : "";

  Deno.test(`MeterTransactions.stop of a pruned id is unknown and writes nothing${when}`, async () => {
    await using world = await prunedWorld();
    const { transactions, steps } = restarted ? world.boot() : world.running;
    const calls = steps.calls.length;
    await assert.rejects(transactions.stop({ transaction_id: "tx-1" }), { code: "UNKNOWN_TRANSACTION" });
    for (const call of steps.calls.slice(calls)) assert.match(call, /^read/);
    assert.equal(world.meter.made.length, 1);
  });

  Deno.test(`MeterTransactions.start of a pruned id begins a new transaction${when}`, async () => {
    await using world = await prunedWorld();
    const { transactions, journal } = restarted ? world.boot() : world.running;
    assert.equal((await transactions.start(startRequest("tx-1"))).status, "OK");
    assert.equal(world.meter.state, "RUNNING");
    assert.equal((await transactions.stop({ transaction_id: "tx-1" })).status, "OK");
    const [record] = journal.records();
    assert.deepEqual([record?.seq, record?.verdict?.session, record?.verdict?.key], [2, "ok", "pinned"]);
  });
}

Deno.test("MeterTransactions.status of a pruned id is unknown, and idle after a restart", async () => {
  await using world = await prunedWorld();
  assert.throws(() => world.running.transactions.status({ transaction_id: "tx-1" }), { code: "UNKNOWN_TRANSACTION" });
  assert.deepEqual(world.boot().transactions.status({}), { status: "OK" });
});

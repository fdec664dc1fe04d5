import assert from "node:assert/strict";
import { startRequest, World } from "./world.ts";

Deno.test("MeterTransactions.start names the transaction that it has ended; a repeated start does not", async () => {
  await using world = new World();
  const { transactions } = world.boot();
  assert.equal("superseded_transaction_id" in await transactions.start(startRequest("tx-1")), false);
  const second = await transactions.start({ ...startRequest("tx-2"), supersede: null });
  assert.deepEqual([second.status, second.superseded_transaction_id], ["OK", "tx-1"]);
  assert.equal("superseded_transaction_id" in await transactions.start(startRequest("tx-2")), false);
});

Deno.test("MeterTransactions.start with supersede: false is refused while another transaction runs", async () => {
  await using world = new World();
  const { transactions, steps, journal } = world.boot();
  const careful = (id: string) => transactions.start({ ...startRequest(id), supersede: false });
  assert.equal((await careful("tx-1")).status, "OK");
  steps.calls.length = 0;
  await assert.rejects(careful("tx-2"), {
    code: "TRANSACTION_OPEN",
    message:
      "Cannot start a transaction on meter evse-1: transaction tx-1 is open; stop it first, or start with supersede",
  });
  assert.deepEqual(steps.calls.filter((call) => /^(write|begin|end|confirm)/.test(call)), []);
  assert.deepEqual(transactions.current, { state: "running", transactionId: "tx-1" });
  assert.equal((await careful("tx-1")).status, "OK");
  await transactions.stop({ transaction_id: "tx-1" });
  assert.equal((await careful("tx-2")).status, "OK");
  assert.deepEqual(journal.records().map(({ reason }) => reason), ["stopped"]);
});

Deno.test("MeterTransactions.start with supersede: false is refused if an earlier start in the queue begins first", async () => {
  await using world = new World();
  const { transactions } = world.boot();
  const [first, second] = await Promise.allSettled([
    transactions.start(startRequest("tx-1")),
    transactions.start({ ...startRequest("tx-2"), supersede: false }),
  ]);
  assert.deepEqual([first.status, second.status], ["fulfilled", "rejected"]);
  assert.deepEqual(transactions.current, { state: "running", transactionId: "tx-1" });
});

Deno.test("MeterTransactions.start with supersede: false fetches the record of a transaction that has ended", async () => {
  await using world = new World();
  world.meter.tariffText = "0.20 EUR<=>old-1";
  world.meter.begin();
  world.meter.close("P");
  const { transactions, journal } = world.boot();
  const { status, ...answer } = await transactions.start({ ...startRequest("tx-1"), supersede: false });
  assert.deepEqual([status, "superseded_transaction_id" in answer], ["OK", false]);
  assert.deepEqual(journal.records().map(({ reason }) => reason), ["power_loss"]);
});

Deno.test("MeterTransactions.start logs the start once, with the transaction that it has ended", async () => {
  await using world = new World();
  const { transactions, infos } = world.boot();
  for (const id of ["tx-1", "tx-1", "tx-2"]) await transactions.start(startRequest(id));
  assert.deepEqual(infos.filter(({ message }) => message === "Transaction started").map(({ fields }) => fields), [
    { meter: "evse-1", transaction: "tx-1" },
    { meter: "evse-1", transaction: "tx-2", superseded: "tx-1" },
  ]);
});

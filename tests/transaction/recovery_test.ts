import assert from "node:assert/strict";
import { MeterError, type TransactionSteps } from "../../src/meter/mod.ts";
import { PhysicalMeter } from "./physical_meter.ts";
import { startRequest, until, World } from "./world.ts";

const activeFaults = ({ faults }: Pick<TransactionSteps, "faults">) => faults.active.map(({ subType }) => subType);

Deno.test("MeterTransactions.recover adopts a running transaction with the id in its tariff text", async () => {
  await using world = new World();
  world.meter.tariffText = "0.20 <=> EUR<=> tx-9 ";
  world.meter.begin();
  const { transactions, steps, journal } = world.boot();
  await transactions.recover();
  assert.deepEqual(transactions.current, { state: "running", transactionId: "tx-9" });
  assert.equal(steps.monitored, true);
  assert.equal(journal.transaction("evse-1", "tx-9")?.request, undefined);
  assert.deepEqual(transactions.status({}), {
    status: "OK",
    transaction: { state: "running", transaction_id: "tx-9" },
  });
});

Deno.test("MeterTransactions.recover adopts a running transaction without an id", async () => {
  await using world = new World();
  world.meter.tariffText = "no id in here";
  world.meter.begin();
  const { transactions } = world.boot();
  await transactions.recover();
  assert.deepEqual(transactions.status({}), { status: "OK", transaction: { state: "running" } });
});

Deno.test("MeterTransactions.recover fetches, verifies and confirms a record that the meter closed", async () => {
  for (const [tx, reason] of [["P", "power_loss"], ["E", "recovered"]] as const) {
    await using world = new World();
    const first = world.boot();
    await first.transactions.start(startRequest("tx-1"));
    world.meter.close(tx);
    const { transactions, steps, journal } = world.boot();
    await transactions.recover();
    const [record] = journal.records();
    assert.equal(record?.reason, reason);
    assert.equal(record?.verdict?.signature, "valid");
    assert.equal(record?.startValue?.data, "AB".repeat(122));
    assert.equal(world.meter.state, "NOT_READY");
    assert.equal(steps.powerLosses, tx === "P" ? 1 : 0);
    assert.deepEqual(activeFaults(steps), ["OcmfTransactionClosed"]);
    assert.equal((await transactions.stop({ transaction_id: "tx-1" })).status, "OK");
    assert.deepEqual(activeFaults(steps), []);
  }
});

Deno.test("MeterTransactions.recover ends a transaction whose stop is in the journal", async () => {
  await using world = new World();
  const first = world.boot({ failpoint: (name) => name === "end.before_command" ? first.steps.die() : undefined });
  await first.transactions.start(startRequest("tx-1"));
  void first.transactions.stop({ transaction_id: "tx-1" });
  await first.steps.died;
  assert.equal(world.meter.state, "RUNNING");
  const { transactions, journal } = world.boot();
  assert.deepEqual(transactions.current, { state: "stopping", transactionId: "tx-1" });
  await transactions.recover();
  assert.deepEqual(journal.records().map(({ transactionId, reason }) => [transactionId, reason]), [[
    "tx-1",
    "stopped",
  ]]);
});

Deno.test("MeterTransactions.recover keeps the reason of a cancelled or superseded transaction", async () => {
  for (const reason of ["cancelled", "superseded"] as const) {
    await using world = new World();
    const first = world.boot({ failpoint: (name) => name === "end.after_command" ? first.steps.die() : undefined });
    await first.transactions.start(startRequest("tx-1"));
    void (reason === "cancelled"
      ? first.transactions.stop({ transaction_id: "" })
      : first.transactions.start(startRequest("tx-2")));
    await first.steps.died;
    const { transactions, journal } = world.boot();
    await transactions.recover();
    assert.deepEqual(journal.records().map((record) => record.reason), [reason]);
  }
});

Deno.test("MeterTransactions.recover resolves starts that did and did not reach the meter", async () => {
  for (const [failpoint, state] of [["start.before_begin", "idle"], ["start.after_begin", "running"]] as const) {
    await using world = new World();
    const first = world.boot({ failpoint: (name) => name === failpoint ? first.steps.die() : undefined });
    void first.transactions.start(startRequest("tx-1"));
    await first.steps.died;
    const { transactions } = world.boot();
    assert.equal(transactions.current.state, "starting");
    await transactions.recover();
    assert.deepEqual(transactions.current, { state, transactionId: "tx-1" });
  }
});

Deno.test("MeterTransactions.recover ends a transaction without a record if it is no longer on the meter", async () => {
  await using world = new World();
  const { transactions, errors } = world.boot();
  await transactions.start(startRequest("tx-1"));
  world.meter.state = "NOT_READY";
  await transactions.recover();
  const { transaction } = transactions.status({ transaction_id: "tx-1" });
  assert.equal(transaction?.state, "finished");
  assert.equal(transaction?.reason, "not_on_meter");
  assert.match(errors.join(), /^Transaction tx-1 has ended without a record/);
  await assert.rejects(transactions.stop({ transaction_id: "tx-1" }), { code: "TRANSACTION_FINISHED" });
});

Deno.test("MeterTransactions.recover writes changes that could not be written before", async () => {
  await using world = new World();
  const { transactions, journal, steps } = world.boot();
  await transactions.start(startRequest("tx-1"));
  world.meter.state = "NOT_READY";
  world.sabotage("CREATE TRIGGER full BEFORE UPDATE ON transactions BEGIN SELECT RAISE(FAIL, 'disk full'); END");
  const recovery = transactions.recover();
  await until(() => transactions.current.state === "finished");
  assert.deepEqual(activeFaults(steps), ["JournalFailed"]);
  assert.equal(journal.transaction("evse-1", "tx-1")?.state, "running");
  world.sabotage("DROP TRIGGER full");
  await recovery;
  assert.equal(journal.transaction("evse-1", "tx-1")?.state, "finished");
  assert.deepEqual(activeFaults(steps), []);
});

Deno.test("MeterTransactions.recover does not store the record of another meter for a replaced one", async () => {
  await using world = new World();
  const first = world.boot();
  await first.transactions.start(startRequest("tx-1"));
  const other = new PhysicalMeter("BY7654321");
  other.isStored = (file) => world.isStored(file);
  other.tariffText = "0.20 EUR<=>tx-1";
  other.begin();
  other.close("P");
  const exchanged = world.boot({ meter: other });
  await exchanged.transactions.recover();
  assert.deepEqual(other.lost, []);
  assert.equal(exchanged.transactions.status({ transaction_id: "tx-1" }).transaction?.reason, "meter_exchanged");
  const [record] = exchanged.journal.records();
  assert.deepEqual([record?.meterId, record?.startValue], ["BY7654321.2025", undefined]);

  world.meter.close("P");
  const back = world.boot();
  await back.transactions.recover();
  assert.equal(back.transactions.status({ transaction_id: "tx-1" }).transaction?.reason, "power_loss");
  assert.equal(back.journal.records().at(-1)?.startValue?.data, "AB".repeat(122));
});

Deno.test("MeterTransactions.recover retries with growing pauses until the line answers", async () => {
  await using world = new World();
  world.meter.begin();
  world.meter.close("P");
  const { transactions, steps, journal } = world.boot();
  steps.mishapAt = (call) => call < 3 ? "unheard" : undefined;
  await transactions.recover();
  assert.equal(world.time.mono(), 1000 + 2000 + 4000);
  assert.equal(journal.records().length, 1);
});

Deno.test("MeterTransactions.recover waits while the meter is offline and never rejects", async () => {
  await using world = new World();
  const { transactions, steps } = world.boot();
  steps.mishapAt = () => {
    steps.state = "offline";
    return "unheard";
  };
  await transactions.recover();
  assert.deepEqual(steps.calls, ["readOcmfState"]);
});

Deno.test("MeterTransactions.recover sends nothing to a meter that cannot bill", async () => {
  await using world = new World();
  const { transactions, steps } = world.boot();
  if (steps.identity !== undefined) steps.identity = { ...steps.identity, billing: { able: false, reason: "no key" } };
  await transactions.recover();
  assert.deepEqual(steps.calls, []);
});

Deno.test("MeterTransactions raises no fault for a transaction that the meter closed if the settings disable it", async () => {
  await using world = new World();
  const { transactions, steps, journal } = world.boot();
  steps.reportsClosing = false;
  await transactions.start(startRequest("tx-1"));
  world.meter.close("P");
  await transactions.recover();
  assert.deepEqual(journal.records().map(({ reason }) => reason), ["power_loss"]);
  assert.deepEqual(activeFaults(steps), []);
});

Deno.test("MeterTransactions.observe fetches a transaction that the meter closed, and raises the fault", async () => {
  await using world = new World();
  const { transactions, steps, journal } = world.boot();
  await transactions.start(startRequest("tx-1"));
  world.meter.close("P");
  transactions.observe("READY");
  await transactions.recover();
  assert.deepEqual(journal.records().map(({ reason }) => reason), ["power_loss"]);
  assert.deepEqual(activeFaults(steps), ["OcmfTransactionClosed"]);
  await transactions.start(startRequest("tx-2"));
  assert.deepEqual(activeFaults(steps), []);
});

Deno.test("MeterTransactions.observe ignores an outdated state", async () => {
  await using world = new World();
  const { transactions, steps, journal } = world.boot();
  await transactions.start(startRequest("tx-1"));
  const calls = steps.calls.length;
  transactions.observe("RUNNING");
  transactions.observe("READY");
  await transactions.recover();
  assert.deepEqual(steps.calls.slice(calls), ["readOcmfState", "readTariffText", "readOcmfState", "readTariffText"]);
  assert.deepEqual(journal.records(), []);
  assert.deepEqual(steps.faultChanges, []);
});

Deno.test("MeterTransactions keeps the register content of a finished file with an impossible size", async () => {
  await using world = new World();
  const { transactions, steps, journal } = world.boot();
  await transactions.start(startRequest("tx-1"));
  steps.fileProblem = new MeterError("unexpected_value", "Cannot read an OCMF file of 2032 words");
  await assert.rejects(transactions.stop({ transaction_id: "tx-1" }), { code: "OCMF_CORRUPTED" });
  const fault = steps.faults.active.find(({ subType }) => subType === "OcmfCorrupted");
  assert.match(fault?.message ?? "", /2032 words/);
  assert.deepEqual(journal.records().map(({ reason, ocmf }) => [reason, ocmf]), [["corrupted", world.meter.made[0]]]);
  assert.equal(world.meter.state, "NOT_READY");
});

Deno.test("MeterTransactions.close finishes a stop, and accepts no more requests", async () => {
  await using world = new World();
  const { transactions, steps } = world.boot();
  await transactions.start(startRequest("tx-1"));
  const stop = transactions.stop({ transaction_id: "tx-1" });
  await until(() => steps.calls.includes("end"));
  await transactions.close();
  assert.equal((await stop).status, "OK");
  await assert.rejects(transactions.start(startRequest("tx-2")), { code: "METER_OFFLINE" });
});

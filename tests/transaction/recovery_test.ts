import assert from "node:assert/strict";
import { MeterError, type TransactionSteps } from "../../src/meter/mod.ts";
import { PhysicalMeter } from "./physical_meter.ts";
import { startRequest, until, World } from "./world.ts";

const activeFaults = ({ faults }: Pick<TransactionSteps, "faults">) => faults.active.map(({ subType }) => subType);

Deno.test("TransactionDesk.recover adopts what the meter runs, under the id in its tariff text", async () => {
  await using world = new World();
  world.meter.tariffText = "0.20 <=> EUR<=> tx-9 ";
  world.meter.begin();
  const { desk, steps, journal } = world.boot();
  await desk.recover();
  assert.deepEqual(desk.current, { state: "running", transactionId: "tx-9" });
  assert.equal(steps.monitored, true);
  assert.equal(journal.transaction("evse-1", "tx-9")?.request, undefined);
  assert.deepEqual(desk.status({}), { status: "OK", transaction: { state: "running", transaction_id: "tx-9" } });
});

Deno.test("TransactionDesk.recover adopts what the meter runs without an id", async () => {
  await using world = new World();
  world.meter.tariffText = "no id in here";
  world.meter.begin();
  const { desk } = world.boot();
  await desk.recover();
  assert.deepEqual(desk.status({}), { status: "OK", transaction: { state: "running" } });
});

Deno.test("TransactionDesk.recover fetches, judges and confirms what the meter closed", async () => {
  for (const [tx, reason] of [["P", "power_loss"], ["E", "recovered"]] as const) {
    await using world = new World();
    const first = world.boot();
    await first.desk.start(startRequest("tx-1"));
    world.meter.close(tx);
    const { desk, steps, journal } = world.boot();
    await desk.recover();
    const [record] = journal.records();
    assert.equal(record?.reason, reason);
    assert.equal(record?.verdict?.signature, "valid");
    assert.equal(record?.startValue?.data, "AB".repeat(122));
    assert.equal(world.meter.state, "NOT_READY");
    assert.equal(steps.powerLosses, tx === "P" ? 1 : 0);
    assert.deepEqual(activeFaults(steps), ["OcmfTransactionClosed"]);
    assert.equal((await desk.stop({ transaction_id: "tx-1" })).status, "OK");
    assert.deepEqual(activeFaults(steps), []);
  }
});

Deno.test("TransactionDesk.recover ends a transaction whose stop was journalled", async () => {
  await using world = new World();
  const first = world.boot({ failpoint: (name) => name === "end.before_command" ? first.steps.die() : undefined });
  await first.desk.start(startRequest("tx-1"));
  void first.desk.stop({ transaction_id: "tx-1" });
  await first.steps.died;
  assert.equal(world.meter.state, "RUNNING");
  const { desk, journal } = world.boot();
  assert.deepEqual(desk.current, { state: "stopping", transactionId: "tx-1" });
  await desk.recover();
  assert.deepEqual(journal.records().map(({ transactionId, reason }) => [transactionId, reason]), [[
    "tx-1",
    "stopped",
  ]]);
});

Deno.test("TransactionDesk.recover keeps the reason of what was cancelled or superseded", async () => {
  for (const reason of ["cancelled", "superseded"] as const) {
    await using world = new World();
    const first = world.boot({ failpoint: (name) => name === "end.after_command" ? first.steps.die() : undefined });
    await first.desk.start(startRequest("tx-1"));
    void (reason === "cancelled" ? first.desk.stop({ transaction_id: "" }) : first.desk.start(startRequest("tx-2")));
    await first.steps.died;
    const { desk, journal } = world.boot();
    await desk.recover();
    assert.deepEqual(journal.records().map((record) => record.reason), [reason]);
  }
});

Deno.test("TransactionDesk.recover resolves a start that never reached the meter, and one that did", async () => {
  for (const [failpoint, state] of [["start.before_begin", "idle"], ["start.after_begin", "running"]] as const) {
    await using world = new World();
    const first = world.boot({ failpoint: (name) => name === failpoint ? first.steps.die() : undefined });
    void first.desk.start(startRequest("tx-1"));
    await first.steps.died;
    const { desk } = world.boot();
    assert.equal(desk.current.state, "starting");
    await desk.recover();
    assert.deepEqual(desk.current, { state, transactionId: "tx-1" });
  }
});

Deno.test("TransactionDesk.recover ends without a record what is no longer on the meter", async () => {
  await using world = new World();
  const { desk, errors } = world.boot();
  await desk.start(startRequest("tx-1"));
  world.meter.state = "NOT_READY";
  await desk.recover();
  const { transaction } = desk.status({ transaction_id: "tx-1" });
  assert.equal(transaction?.state, "finished");
  assert.equal(transaction?.reason, "not_on_meter");
  assert.match(errors.join(), /^Transaction tx-1 has ended without a record/);
  await assert.rejects(desk.stop({ transaction_id: "tx-1" }), { code: "TRANSACTION_FINISHED" });
});

Deno.test("TransactionDesk.recover writes down what it could not write before", async () => {
  await using world = new World();
  const { desk, journal, steps } = world.boot();
  await desk.start(startRequest("tx-1"));
  world.meter.state = "NOT_READY";
  world.sabotage("CREATE TRIGGER full BEFORE UPDATE ON transactions BEGIN SELECT RAISE(FAIL, 'disk full'); END");
  const recovery = desk.recover();
  await until(() => desk.current.state === "finished");
  assert.deepEqual(activeFaults(steps), ["JournalFailed"]);
  assert.equal(journal.transaction("evse-1", "tx-1")?.state, "running");
  world.sabotage("DROP TRIGGER full");
  await recovery;
  assert.equal(journal.transaction("evse-1", "tx-1")?.state, "finished");
  assert.deepEqual(activeFaults(steps), []);
});

Deno.test("TransactionDesk.recover does not take another meter's record for that of an exchanged one", async () => {
  await using world = new World();
  const first = world.boot();
  await first.desk.start(startRequest("tx-1"));
  const other = new PhysicalMeter("BY7654321");
  other.isStored = (file) => world.isStored(file);
  other.tariffText = "0.20 EUR<=>tx-1";
  other.begin();
  other.close("P");
  const exchanged = world.boot({ meter: other });
  await exchanged.desk.recover();
  assert.deepEqual(other.lost, []);
  assert.equal(exchanged.desk.status({ transaction_id: "tx-1" }).transaction?.reason, "meter_exchanged");
  const [record] = exchanged.journal.records();
  assert.deepEqual([record?.meterId, record?.startValue], ["BY7654321.2025", undefined]);

  world.meter.close("P");
  const back = world.boot();
  await back.desk.recover();
  assert.equal(back.desk.status({ transaction_id: "tx-1" }).transaction?.reason, "power_loss");
  assert.equal(back.journal.records().at(-1)?.startValue?.data, "AB".repeat(122));
});

Deno.test("TransactionDesk.recover tries again with growing pauses until the line answers", async () => {
  await using world = new World();
  world.meter.begin();
  world.meter.close("P");
  const { desk, steps, journal } = world.boot();
  steps.mishapAt = (call) => call < 3 ? "unheard" : undefined;
  await desk.recover();
  assert.equal(world.time.mono(), 1000 + 2000 + 4000);
  assert.equal(journal.records().length, 1);
});

Deno.test("TransactionDesk.recover rests while the meter is away and never rejects", async () => {
  await using world = new World();
  const { desk, steps } = world.boot();
  steps.mishapAt = () => {
    steps.state = "offline";
    return "unheard";
  };
  await desk.recover();
  assert.deepEqual(steps.calls, ["readOcmfState"]);
});

Deno.test("TransactionDesk.recover asks nothing of a meter that cannot bill", async () => {
  await using world = new World();
  const { desk, steps } = world.boot();
  if (steps.identity !== undefined) steps.identity = { ...steps.identity, billing: { able: false, reason: "no key" } };
  await desk.recover();
  assert.deepEqual(steps.calls, []);
});

Deno.test("TransactionDesk raises no fault for a transaction that the meter closed where nobody wants to be told", async () => {
  await using world = new World();
  const { desk, steps, journal } = world.boot();
  steps.tellsClosing = false;
  await desk.start(startRequest("tx-1"));
  world.meter.close("P");
  await desk.recover();
  assert.deepEqual(journal.records().map(({ reason }) => reason), ["power_loss"]);
  assert.deepEqual(activeFaults(steps), []);
});

Deno.test("TransactionDesk.observe has a transaction fetched that the meter closed, and raises the fault", async () => {
  await using world = new World();
  const { desk, steps, journal } = world.boot();
  await desk.start(startRequest("tx-1"));
  world.meter.close("P");
  desk.observe("READY");
  await desk.recover();
  assert.deepEqual(journal.records().map(({ reason }) => reason), ["power_loss"]);
  assert.deepEqual(activeFaults(steps), ["OcmfTransactionClosed"]);
  await desk.start(startRequest("tx-2"));
  assert.deepEqual(activeFaults(steps), []);
});

Deno.test("TransactionDesk.observe does not believe a state that is stale", async () => {
  await using world = new World();
  const { desk, steps, journal } = world.boot();
  await desk.start(startRequest("tx-1"));
  const calls = steps.calls.length;
  desk.observe("RUNNING");
  desk.observe("READY");
  await desk.recover();
  assert.deepEqual(steps.calls.slice(calls), ["readOcmfState", "readTariffText", "readOcmfState", "readTariffText"]);
  assert.deepEqual(journal.records(), []);
  assert.deepEqual(steps.faultChanges, []);
});

Deno.test("TransactionDesk keeps what the registers hold of a finished file whose size cannot be", async () => {
  await using world = new World();
  const { desk, steps, journal } = world.boot();
  await desk.start(startRequest("tx-1"));
  steps.fileProblem = new MeterError("unexpected_value", "Cannot read an OCMF file of 2032 words");
  await assert.rejects(desk.stop({ transaction_id: "tx-1" }), { code: "OCMF_CORRUPTED" });
  const fault = steps.faults.active.find(({ subType }) => subType === "OcmfCorrupted");
  assert.match(fault?.message ?? "", /2032 words/);
  assert.deepEqual(journal.records().map(({ reason, ocmf }) => [reason, ocmf]), [["corrupted", world.meter.made[0]]]);
  assert.equal(world.meter.state, "NOT_READY");
});

Deno.test("TransactionDesk.close lets a stop end, and takes no more requests", async () => {
  await using world = new World();
  const { desk, steps } = world.boot();
  await desk.start(startRequest("tx-1"));
  const stop = desk.stop({ transaction_id: "tx-1" });
  await until(() => steps.calls.includes("end"));
  await desk.close();
  assert.equal((await stop).status, "OK");
  await assert.rejects(desk.start(startRequest("tx-2")), { code: "METER_OFFLINE" });
});

import assert from "node:assert/strict";
import type { TransactionSteps } from "../../src/meter/mod.ts";
import { publicKey } from "../../src/ocmf/mod.ts";
import { otherMeter } from "./other_meter.ts";
import { PhysicalMeter } from "./physical_meter.ts";
import { identityOf } from "./scripted_steps.ts";
import { startRequest, textOf, until, World } from "./world.ts";

const faultsOf = ({ faults }: Pick<TransactionSteps, "faults">) => faults.active.map(({ subType }) => subType);

Deno.test("MeterTransactions ends the transaction of a replaced meter with all known facts", async () => {
  await using world = new World();
  const first = world.boot();
  await first.transactions.start(startRequest("tx-1"));
  const { transactions, journal, steps } = world.boot({ meter: otherMeter(world) });
  await transactions.recover();
  const lost = journal.transaction("evse-1", "tx-1");
  assert.deepEqual([lost?.state, lost?.reason, lost?.meterId, lost?.evseId], [
    "finished",
    "meter_exchanged",
    "BY1234567.2025",
    "DE*TST*E1",
  ]);
  assert.equal(JSON.parse(lost?.request ?? "{}").identification_data, "1F2D3A4F5506C7");
  assert.equal(lost?.startValue?.data, "AB".repeat(122));
  assert.ok(lost?.startedAtMs !== undefined && lost.stoppedAtMs !== undefined);
  assert.deepEqual(transactions.current, { state: "finished", transactionId: "tx-1" });
  assert.equal(steps.monitored, false);
  await assert.rejects(transactions.stop({ transaction_id: "tx-1" }), {
    code: "TRANSACTION_FINISHED",
    message: /tx-1 .* without a record: it is on meter BY1234567\.2025, which was replaced/,
  });
  await assert.rejects(transactions.start(startRequest("tx-1")), { code: "TRANSACTION_FINISHED" });
  const [fault] = steps.faults.active;
  assert.equal(fault?.subType, "MeterExchanged");
  assert.match(
    fault?.message ?? "",
    /Meter BY1234567\.2025 was replaced by BY7654321\.2025; .*record: tx-1: connect .*; if this is intended: wattseal acknowledge \S+ MeterExchanged$/,
  );
});

Deno.test("MeterTransactions writes nothing of an old transaction to the replacement, independent of the first request", async () => {
  for (const request of ["stop", "cancel", "start"] as const) {
    await using world = new World();
    const { transactions, steps, journal } = world.boot();
    await transactions.start(startRequest("tx-1"));
    const other = otherMeter(world);
    steps.connect(other);
    const answer = request === "start"
      ? transactions.start(startRequest("tx-2"))
      : transactions.stop({ transaction_id: request === "stop" ? "tx-1" : "" });
    if (request === "stop") await assert.rejects(answer, { code: "TRANSACTION_FINISHED" });
    else assert.equal((await answer).status, "OK");
    assert.equal(steps.calls.filter((step) => step === "end").length, 0, request);
    assert.equal(journal.transaction("evse-1", "tx-1")?.reason, "meter_exchanged");
    assert.equal(other.state, request === "start" ? "RUNNING" : "NOT_READY");
  }
});

Deno.test("MeterTransactions reports without a request that a transaction ended without a record", async () => {
  await using world = new World();
  const { transactions, steps } = world.boot();
  await transactions.start(startRequest("tx-1"));
  steps.connect(otherMeter(world));
  await transactions.recover();
  await transactions.close();
  const told: unknown[] = [];
  for await (const event of transactions.events) told.push(event);
  assert.deepEqual(told.at(-1), { kind: "state", state: "finished", transactionId: "tx-1" });
});

Deno.test("MeterTransactions resets pagination and key for a new meter", async () => {
  await using world = new World();
  const first = world.boot();
  for (const id of ["tx-1", "tx-2"]) {
    await first.transactions.start(startRequest(id));
    await first.transactions.stop({ transaction_id: id });
  }
  const { transactions, steps, journal } = world.boot({ meter: otherMeter(world) });
  await transactions.start(startRequest("tx-3"));
  assert.equal((await transactions.stop({ transaction_id: "tx-3" })).status, "OK");
  assert.deepEqual(journal.records().at(-1)?.verdict, {
    signature: "valid",
    session: "ok",
    key: "first_seen",
    problems: [],
  });
  assert.deepEqual(faultsOf(steps), ["MeterExchanged"]);
});

Deno.test("MeterTransactions fetches the record of the old meter for its transaction when that meter returns", async () => {
  for (const goesOn of [false, true]) {
    await using world = new World();
    const first = world.boot();
    await first.transactions.start(startRequest("tx-1"));
    const away = world.boot({ meter: otherMeter(world) });
    await away.transactions.start(startRequest("tx-2"));
    if (!goesOn) world.meter.close("P");
    const { transactions, journal } = world.boot();
    await transactions.recover();
    assert.equal(journal.transaction("evse-1", "tx-2")?.reason, "meter_exchanged");
    assert.deepEqual(transactions.current, { state: goesOn ? "running" : "finished", transactionId: "tx-1" });
    const answer = await transactions.stop({ transaction_id: "tx-1" });
    assert.equal(answer.signed_meter_value?.signed_meter_data, textOf(world.meter.made[0]));
    assert.equal(answer.start_signed_meter_value?.encoding_method, "plain");
    const [record] = journal.records();
    assert.deepEqual([record?.meterId, record?.reason], ["BY1234567.2025", goesOn ? "stopped" : "power_loss"]);
  }
});

Deno.test("MeterTransactions keeps the fault of a replacement across restarts until it is acknowledged", async () => {
  await using world = new World();
  await world.boot().transactions.recover();
  const other = otherMeter(world);
  const exchanged = world.boot({ meter: other });
  await exchanged.transactions.recover();
  const since = exchanged.steps.faults.active[0]?.sinceMs;
  await world.time.sleep(60_000);
  const restarted = world.boot({ meter: other });
  assert.deepEqual(restarted.steps.faults.active.map(({ subType, sinceMs }) => [subType, sinceMs]), [
    ["MeterExchanged", since],
  ]);
  await restarted.transactions.start(startRequest("tx-1"));
  await restarted.transactions.stop({ transaction_id: "tx-1" });
  assert.deepEqual(faultsOf(restarted.steps), ["MeterExchanged"]);
  assert.deepEqual(await restarted.transactions.acknowledge({ sub_type: "MeterExchanged" }), { status: "OK" });
  assert.deepEqual(faultsOf(restarted.steps), []);
  assert.deepEqual(await restarted.transactions.acknowledge({ sub_type: "MeterExchanged" }), { status: "OK" });
  const later = world.boot({ meter: other });
  await later.transactions.recover();
  assert.deepEqual(faultsOf(later.steps), []);
});

Deno.test("MeterTransactions recognises the same meter without its year of production", async () => {
  await using world = new World();
  const { transactions, steps, journal } = world.boot();
  await transactions.start(startRequest("tx-1"));
  steps.identity = { ...identityOf("BY1234567"), meterId: "BY1234567" };
  await transactions.recover();
  assert.deepEqual(transactions.current, { state: "running", transactionId: "tx-1" });
  assert.deepEqual(faultsOf(steps), []);
  assert.equal(journal.place("evse-1")?.meterId, "BY1234567.2025");
});

Deno.test("MeterTransactions detects a replacement by a meter that cannot bill", async () => {
  await using world = new World();
  await world.boot().transactions.start(startRequest("tx-1"));
  const { transactions, steps } = world.boot({ meter: otherMeter(world) });
  steps.identity = { ...identityOf("BY7654321"), billing: { able: false, reason: "no key" } };
  await transactions.recover();
  assert.deepEqual(transactions.current, { state: "finished", transactionId: "tx-1" });
  assert.deepEqual(faultsOf(steps), ["MeterExchanged"]);
  assert.deepEqual(steps.calls, []);
});

Deno.test("MeterTransactions reports a replacement that cannot be written to the journal, and writes it later", async () => {
  await using world = new World();
  await world.boot().transactions.start(startRequest("tx-1"));
  const { transactions, steps, journal } = world.boot({ meter: otherMeter(world) });
  world.sabotage(
    `CREATE TRIGGER full BEFORE UPDATE ON transactions BEGIN SELECT RAISE(FAIL, 'disk full'); END;
     CREATE TRIGGER fuller BEFORE UPDATE ON places BEGIN SELECT RAISE(FAIL, 'disk full'); END`,
  );
  const recovery = transactions.recover();
  await until(() => transactions.current.state === "finished");
  assert.deepEqual(faultsOf(steps).sort(), ["JournalFailed", "MeterExchanged"]);
  world.sabotage("DROP TRIGGER full; DROP TRIGGER fuller");
  await recovery;
  await transactions.recover();
  assert.equal(journal.transaction("evse-1", "tx-1")?.reason, "meter_exchanged");
  assert.equal(journal.place("evse-1")?.replaced?.meterId, "BY1234567.2025");
  assert.deepEqual(faultsOf(steps), ["MeterExchanged"]);
});

Deno.test("MeterTransactions raises a fault for another key of the same meter until that is acknowledged", async () => {
  await using world = new World();
  const first = world.boot();
  await first.transactions.start(startRequest("tx-1"));
  await first.transactions.stop({ transaction_id: "tx-1" });
  const otherKey = publicKey(new Uint8Array(32).fill(9), "brainpoolP256r1");
  const boot = () => {
    const process = world.boot();
    const identity = identityOf("BY1234567");
    if (identity.billing.able) {
      process.steps.identity = { ...identity, billing: { ...identity.billing, publicKeyPoint: otherKey } };
    }
    return process;
  };
  const changed = boot();
  await changed.transactions.recover();
  assert.deepEqual(faultsOf(changed.steps), ["PublicKeyChanged"]);
  await changed.transactions.start(startRequest("tx-2"));
  await changed.transactions.stop({ transaction_id: "tx-2" });
  assert.equal(changed.journal.records().at(-1)?.verdict?.key, "changed");
  const again = boot();
  await again.transactions.recover();
  assert.deepEqual(faultsOf(again.steps), ["PublicKeyChanged"]);
  assert.deepEqual(await again.transactions.acknowledge({ sub_type: "PublicKeyChanged" }), { status: "OK" });
  assert.deepEqual(faultsOf(again.steps), []);
  const known = boot();
  await known.transactions.start(startRequest("tx-3"));
  await known.transactions.stop({ transaction_id: "tx-3" });
  assert.equal(known.journal.records().at(-1)?.verdict?.key, "pinned");
  assert.equal(faultsOf(known.steps).includes("PublicKeyChanged"), false);
});

Deno.test("MeterTransactions.acknowledge keeps the fault if it cannot be written to the journal", async () => {
  await using world = new World();
  await world.boot().transactions.recover();
  const { transactions, steps } = world.boot({ meter: otherMeter(world) });
  await transactions.recover();
  for (const request of [{}, { sub_type: "CommunicationError" }, null]) {
    await assert.rejects(transactions.acknowledge(request), { code: "INVALID_REQUEST" });
  }
  world.sabotage("CREATE TRIGGER full BEFORE UPDATE ON places BEGIN SELECT RAISE(FAIL, 'disk full'); END");
  await assert.rejects(transactions.acknowledge({ sub_type: "MeterExchanged" }), { code: "JOURNAL_FAILED" });
  assert.ok(faultsOf(steps).includes("MeterExchanged"));
});

Deno.test("a transaction is not lost if its meter is replaced on an open line", async () => {
  await using world = new World();
  const { transactions, steps, errors } = world.boot();
  await transactions.start(startRequest("tx-1"));
  const other = new PhysicalMeter("BX7654321");
  steps.swap(other);
  await assert.rejects(transactions.stop({ transaction_id: "tx-1" }), { code: "METER_OFFLINE" });
  assert.deepEqual(transactions.current, { state: "stopping", transactionId: "tx-1" });
  assert.deepEqual(errors, []);
  steps.swap(world.meter);
  await transactions.recover();
  assert.equal((await transactions.stop({ transaction_id: "tx-1" })).status, "OK");
});

Deno.test("a pending stop is carried out when the replaced meter returns", async () => {
  await using world = new World();
  const { transactions, steps, journal } = world.boot();
  await transactions.start(startRequest("tx-1"));
  steps.connect(otherMeter(world));
  await assert.rejects(transactions.stop({ transaction_id: "tx-1" }), { code: "TRANSACTION_FINISHED" });
  assert.equal(journal.transaction("evse-1", "tx-1")?.reason, "meter_exchanged");
  steps.connect(world.meter);
  await transactions.recover();
  assert.deepEqual(journal.records().map(({ transactionId, reason }) => [transactionId, reason]), [[
    "tx-1",
    "stopped",
  ]]);
  const answer = await transactions.stop({ transaction_id: "tx-1" });
  assert.equal(answer.signed_meter_value?.signed_meter_data, textOf(world.meter.made[0]));
});

Deno.test("a pending stop is carried out when its meter returns under another name", async () => {
  await using world = new World();
  const first = world.boot();
  await first.transactions.start(startRequest("tx-1"));
  first.steps.connect(otherMeter(world));
  await assert.rejects(first.transactions.stop({ transaction_id: "tx-1" }), { code: "TRANSACTION_FINISHED" });
  world.sabotage("UPDATE transactions SET meter = 'evse-2'; DELETE FROM places");
  const { transactions, journal } = world.boot();
  await transactions.recover();
  assert.deepEqual(journal.records().map(({ transactionId, reason }) => [transactionId, reason]), [[
    "tx-1",
    "stopped",
  ]]);
  assert.equal(journal.transaction("evse-2", "tx-1")?.recordSeq, 1);
});

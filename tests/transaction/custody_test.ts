import assert from "node:assert/strict";
import { LineError } from "../../src/meter/mod.ts";
import { PhysicalMeter } from "./physical_meter.ts";
import { identityOf } from "./scripted_steps.ts";
import { startRequest, textOf, World } from "./world.ts";

/** A second meter, with the finished record of tx-of-B. */
function otherMeter(world: World): PhysicalMeter {
  const other = new PhysicalMeter("BBBB2222");
  other.isStored = (file) => world.isStored(file);
  other.tariffText = "tariff<=>tx-of-B";
  other.begin();
  other.close("P");
  return other;
}

Deno.test("MeterTransactions.stop does not return the record of another meter that answers instead of its own", async () => {
  await using world = new World();
  const { transactions, steps, journal } = world.boot();
  const other = otherMeter(world);
  await transactions.start(startRequest("tx-of-A"));
  world.meter.closingChecks = 1000;
  steps.mishapAt = (_, step) => {
    if (step === "end") steps.swap(other);
    return undefined;
  };
  await assert.rejects(transactions.stop({ transaction_id: "tx-of-A" }), {
    code: "METER_OFFLINE",
    message: /BBBB2222/,
  });
  assert.deepEqual([journal.records(), other.state], [[], "READY"]);

  steps.mishapAt = () => undefined;
  await steps.exclusive(() => Promise.resolve(steps.connect(other)));
  await transactions.recover();
  assert.deepEqual(journal.records().map(({ meterId, transactionId }) => [meterId, transactionId]), [
    ["BBBB2222.2025", "tx-of-B"],
  ]);
  assert.equal(journal.transaction("evse-1", "tx-of-A")?.reason, "meter_exchanged");

  world.meter.close("E");
  steps.connect(world.meter);
  await transactions.recover();
  const again = await transactions.stop({ transaction_id: "tx-of-A" });
  assert.equal(again.signed_meter_value?.signed_meter_data, textOf(world.meter.made[0]));
});

Deno.test("MeterTransactions stores a record that names another meter under the id in the record, and frees the meter", async () => {
  await using world = new World();
  const { transactions, steps, journal } = world.boot();
  await transactions.start(startRequest("tx-1"));
  world.meter.namedSerialNumber = "ZZZZ9999";
  const answer = await transactions.stop({ transaction_id: "tx-1" });
  assert.equal(answer.signed_meter_value?.signed_meter_data, textOf(world.meter.made[0]));
  const [record] = journal.records();
  assert.deepEqual([record?.transactionId, record?.verdict?.session], ["tx-1", "violated"]);
  assert.ok(steps.faults.has("RecordNotVerified"));
  assert.equal(world.meter.state, "NOT_READY");
});

Deno.test("MeterTransactions stores a record that names another meter and no transaction without an id", async () => {
  await using world = new World();
  const { transactions, journal } = world.boot();
  await transactions.start(startRequest("tx-1"));
  world.meter.namedSerialNumber = "ZZZZ9999";
  world.meter.tariffText = "";
  await assert.rejects(transactions.stop({ transaction_id: "tx-1" }), { code: "TRANSACTION_FINISHED" });
  assert.deepEqual(journal.records().map(({ transactionId }) => transactionId), [undefined]);
  assert.equal(world.meter.state, "NOT_READY");
});

Deno.test("MeterTransactions.start writes nothing to another meter that answers", async () => {
  await using world = new World();
  const { transactions, steps } = world.boot();
  const other = new PhysicalMeter("BBBB2222");
  steps.swap(other);
  await assert.rejects(transactions.start(startRequest("tx-1")), { code: "METER_OFFLINE", message: /BBBB2222/ });
  assert.deepEqual([other.fields, other.state], [undefined, "NOT_READY"]);
  steps.connect(other);
  assert.equal((await transactions.start(startRequest("tx-1"))).status, "OK");
});

Deno.test("MeterTransactions.start writes all fields again before a repeated 'B'", async () => {
  await using world = new World();
  const { transactions, steps, journal } = world.boot();
  await transactions.start(startRequest("customer-1"));
  await transactions.stop({ transaction_id: "customer-1" });
  const old = world.meter.tariffText;
  let dips = 0;
  steps.mishapAt = (_, step) => {
    if (step !== "begin" || dips++ > 0) return undefined;
    world.meter.tariffText = old;
    return "unheard";
  };
  await transactions.start(startRequest("customer-2"));
  const { signed_meter_value: value } = await transactions.stop({ transaction_id: "customer-2" });
  assert.match(value?.signed_meter_data ?? "", /"TT":"0\.30 EUR\/kWh<=>customer-2"/);
  assert.deepEqual(journal.records().map(({ transactionId }) => transactionId), ["customer-1", "customer-2"]);
});

for (const [times, outcome] of [[1, "succeeds"], [2, "is refused"]] as const) {
  Deno.test(`MeterTransactions.start that reads another text in state RUNNING ${times} times ${outcome}`, async () => {
    await using world = new World();
    const { transactions, steps, journal, errors } = world.boot();
    let dips = 0;
    steps.mishapAt = (_, step) => {
      if (step === "begin" && dips++ < times) world.meter.tariffText = "old<=>customer-0";
      return undefined;
    };
    const start = transactions.start(startRequest("tx-1"));
    if (times === 2) {
      await assert.rejects(start, { code: "METER_REFUSED", message: /old<=>customer-0/ });
      assert.equal(journal.transaction("evse-1", "tx-1")?.state, "idle");
      assert.equal(world.meter.state, "NOT_READY");
    } else {
      assert.equal((await start).status, "OK");
      assert.equal((await transactions.stop({ transaction_id: "tx-1" })).status, "OK");
    }
    const earlier = Array.from({ length: times }, () => "customer-0");
    assert.deepEqual(
      journal.records().map(({ transactionId }) => transactionId),
      times === 1 ? [...earlier, "tx-1"] : earlier,
    );
    assert.match(errors.join("\n"), /has begun with the tariff text "old<=>customer-0", which does not contain tx-1/);
  });
}

Deno.test("MeterTransactions.start fails if the text cannot be read in state RUNNING, and recovery finds the transaction", async () => {
  await using world = new World();
  const { transactions, steps } = world.boot();
  steps.mishapAt = (_, step) => step === "readTariffText" ? "unheard" : undefined;
  await assert.rejects(transactions.start(startRequest("tx-1")), { code: "TIMEOUT" });
  steps.mishapAt = () => undefined;
  await transactions.recover();
  assert.deepEqual(transactions.current, { state: "running", transactionId: "tx-1" });
});

Deno.test("MeterTransactions ends a transaction that runs with the text of an ended transaction, and keeps both records", async () => {
  await using world = new World();
  const { transactions, journal } = world.boot();
  await transactions.start(startRequest("tx-1"));
  const first = await transactions.stop({ transaction_id: "tx-1" });
  world.meter.begin();
  const second = world.boot();
  await second.transactions.recover();
  assert.deepEqual(second.transactions.current, { state: "running" });
  await second.transactions.start(startRequest("tx-2"));
  assert.deepEqual(await second.transactions.stop({ transaction_id: "tx-1" }), first);
  assert.deepEqual(second.journal.records().map(({ transactionId }) => transactionId), ["tx-1", "tx-1"]);
  assert.equal(journal.path, second.journal.path);
});

Deno.test("MeterTransactions.stop reads a file again until its signature is valid", async () => {
  await using world = new World();
  const { transactions, steps, journal } = world.boot();
  await transactions.start(startRequest("tx-1"));
  const read = steps.readOcmfFile.bind(steps);
  let reads = 0;
  steps.readOcmfFile = async () => (await read()).subarray(0, ++reads === 1 ? 400 : undefined);
  await transactions.stop({ transaction_id: "tx-1" });
  assert.equal(reads, 2);
  assert.deepEqual(journal.records().map(({ ocmf, verdict }) => [ocmf, verdict?.signature]), [
    [world.meter.made[0], "valid"],
  ]);
});

Deno.test("MeterTransactions.stop stores a file whose signature stays invalid after 5 s, and frees the meter", async () => {
  await using world = new World();
  const { transactions, steps, journal } = world.boot();
  await transactions.start(startRequest("tx-1"));
  const read = steps.readOcmfFile.bind(steps);
  let reads = 0;
  steps.readOcmfFile = async () => (await read()).subarray(0, 400 + ++reads);
  const begunAtMs = world.time.mono();
  world.meter.isStored = () => true;
  assert.equal((await transactions.stop({ transaction_id: "tx-1" })).status, "OK");
  assert.ok(world.time.mono() - begunAtMs >= 5000 && world.time.mono() - begunAtMs < 10_000);
  assert.deepEqual(journal.records().map(({ ocmf }) => ocmf.length), [400 + reads]);
  assert.ok(steps.faults.has("RecordNotVerified"));
  assert.equal(world.meter.state, "NOT_READY");
});

Deno.test("MeterTransactions.stop that waits for READY ends at once when the line closes, and recovery finishes it", async () => {
  await using world = new World();
  const { transactions, steps, journal } = world.boot();
  await transactions.start(startRequest("tx-1"));
  world.meter.closingChecks = 3;
  const look = steps.readOcmfState.bind(steps);
  let isClosed = true;
  steps.readOcmfState = () => isClosed ? Promise.reject(new LineError("closed", "line l is closed")) : look();
  const begunAtMs = world.time.mono();
  await assert.rejects(transactions.stop({ transaction_id: "tx-1" }), { code: "METER_OFFLINE" });
  assert.equal(world.time.mono(), begunAtMs);
  isClosed = false;
  await transactions.recover();
  assert.deepEqual(journal.records().map(({ transactionId, reason }) => [transactionId, reason]), [[
    "tx-1",
    "stopped",
  ]]);
});

Deno.test("MeterTransactions replaces a record of an earlier release that names another transaction by the right one", async () => {
  await using world = new World();
  const first = world.boot();
  const meter = new PhysicalMeter("BY1234567");
  meter.tariffText = "x<=>tx-2";
  meter.begin();
  meter.close("E");
  await first.transactions.start(startRequest("tx-1"));
  await first.journal.storeRecord({
    meter: "evse-1",
    meterId: identityOf("BY1234567").meterId,
    transactionId: "tx-1",
    evseId: undefined,
    reason: "stopped",
    ocmf: meter.file,
    publicKey: "",
    signingMethod: "",
    readAtMs: 1,
  });
  const { transactions, journal } = world.boot();
  await assert.rejects(transactions.stop({ transaction_id: "tx-1" }), { code: "TRANSACTION_FINISHED" });
  world.meter.close("E");
  await transactions.recover();
  const answer = await transactions.stop({ transaction_id: "tx-1" });
  assert.equal(answer.signed_meter_value?.signed_meter_data, textOf(world.meter.made[0]));
  assert.equal(journal.records().length, 2);
});

Deno.test("MeterTransactions.stop ends no transaction of another meter that answers", async () => {
  await using world = new World();
  const { transactions, steps, journal } = world.boot();
  await transactions.start(startRequest("tx-of-A"));
  const other = new PhysicalMeter("BBBB2222");
  other.tariffText = "tariff<=>tx-of-B";
  other.begin();
  steps.swap(other);
  await assert.rejects(transactions.stop({ transaction_id: "tx-of-A" }), {
    code: "METER_OFFLINE",
    message: /BBBB2222/,
  });
  assert.deepEqual([other.state, journal.records()], ["RUNNING", []]);
});

Deno.test("MeterTransactions.stop ends its transaction even if the serial number cannot be read", async () => {
  await using world = new World();
  const { transactions, steps } = world.boot();
  await transactions.start(startRequest("tx-1"));
  steps.mishapAt = (_, step) => step === "requireSameMeter" ? "refused" : undefined;
  assert.equal((await transactions.stop({ transaction_id: "tx-1" })).status, "OK");
});

Deno.test("MeterTransactions erases no file of a meter that was replaced during a slow write", async () => {
  await using world = new World();
  const { transactions, steps, journal } = world.boot({
    failpoint: async (name) => {
      if (name !== "record.after_store") return;
      await world.time.sleep(5000);
      steps.swap(other);
    },
  });
  const other = otherMeter(world);
  await transactions.start(startRequest("tx-of-A"));
  await assert.rejects(transactions.stop({ transaction_id: "tx-of-A" }), {
    code: "METER_OFFLINE",
    message: /BBBB2222/,
  });
  assert.equal(other.state, "READY");
  assert.deepEqual(journal.records().map(({ transactionId }) => transactionId), ["tx-of-A"]);
});

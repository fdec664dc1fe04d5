import assert from "node:assert/strict";
import { PhysicalMeter } from "./physical_meter.ts";
import { startRequest, textOf, until, World } from "./world.ts";

Deno.test("MeterTransactions.stop returns no record that names another transaction, and logs both ids", async () => {
  await using world = new World();
  const { transactions, journal, errors } = world.boot();
  await transactions.start(startRequest("tx-1"));
  world.meter.tariffText = "changed<=>other";
  await assert.rejects(transactions.stop({ transaction_id: "tx-1" }), {
    code: "TRANSACTION_FINISHED",
    message: /not_on_meter/,
  });
  assert.deepEqual(journal.records().map(({ transactionId, verdict }) => [transactionId, verdict?.session]), [
    ["other", "ok"],
  ]);
  assert.equal(journal.transaction("evse-1", "tx-1")?.reason, "not_on_meter");
  assert.match(
    errors.join("\n"),
    /Transaction tx-1 has ended without a record: the meter returned the record of other/,
  );
  assert.equal(world.meter.state, "NOT_READY");
});

Deno.test("MeterTransactions.stop stores a record of another transaction under the id in the record", async () => {
  await using world = new World();
  await world.boot().transactions.start(startRequest("tx-1"));
  world.meter.tariffText = "another master's<=>other";
  world.meter.close("E");
  const { transactions, journal } = world.boot();
  await transactions.recover();
  await assert.rejects(transactions.stop({ transaction_id: "tx-1" }), {
    code: "TRANSACTION_FINISHED",
    message: /without a record/,
  });
  assert.deepEqual(journal.records().map(({ transactionId }) => transactionId), ["other"]);
  assert.equal(journal.openTransactions("evse-1").length, 0);
});

Deno.test("MeterTransactions.stop uses the id in the tariff text for a file without an id", async () => {
  for (const [state, code] of [["READY", undefined], ["CORRUPTED", "OCMF_CORRUPTED"]] as const) {
    await using world = new World();
    const { transactions, journal } = world.boot();
    await transactions.recover();
    world.meter.tariffText = "0.20 EUR<=>tx-9";
    world.meter.file = new TextEncoder().encode("OCMF|{broken");
    world.meter.state = state;
    const stop = transactions.stop({ transaction_id: "tx-9" });
    if (code !== undefined) await assert.rejects(stop, { code });
    else assert.equal((await stop).signed_meter_value?.signed_meter_data, "OCMF|{broken");
    assert.deepEqual(journal.records().map(({ transactionId }) => transactionId), ["tx-9"]);
    assert.equal(world.meter.state, "NOT_READY");
  }
});

Deno.test("MeterTransactions.stop returns its record again even if the meter later has another one with that id", async () => {
  for (const content of ["", "OCMF|{broken", "another one"]) {
    await using world = new World();
    const { transactions, journal } = world.boot();
    await transactions.start(startRequest("tx-1"));
    const answer = await transactions.stop({ transaction_id: "tx-1" });
    if (content === "another one") {
      world.meter.begin();
      world.meter.close("E");
    } else {
      world.meter.state = "CORRUPTED";
      world.meter.file = new TextEncoder().encode(content);
    }
    await transactions.start(startRequest("tx-2"));
    assert.equal(journal.records().length, 2);
    assert.deepEqual(await transactions.stop({ transaction_id: "tx-1" }), answer);
    await assert.rejects(transactions.start(startRequest("tx-1")), { code: "TRANSACTION_FINISHED" });
  }
});

Deno.test("MeterTransactions.stop stores a record without an id for the transaction that was ended", async () => {
  await using world = new World();
  const { transactions, journal } = world.boot();
  await transactions.start(startRequest("tx-1"));
  world.meter.tariffText = "a meter that forgot";
  assert.equal((await transactions.stop({ transaction_id: "tx-1" })).status, "OK");
  assert.deepEqual(journal.records().map(({ transactionId, verdict }) => [transactionId, verdict?.session]), [[
    "tx-1",
    "violated",
  ]]);
});

Deno.test("MeterTransactions.stop keeps the content of a corrupted file and reports it", async () => {
  for (const content of ["", "OCMF|{broken"]) {
    await using world = new World();
    const { transactions, steps, journal } = world.boot();
    await transactions.start(startRequest("tx-1"));
    world.meter.state = "CORRUPTED";
    world.meter.file = new TextEncoder().encode(content);
    await assert.rejects(transactions.stop({ transaction_id: "tx-1" }), { code: "OCMF_CORRUPTED" });
    assert.deepEqual(
      journal.records().map(({ transactionId, reason, ocmf }) => [transactionId, reason, textOf(ocmf)]),
      [["tx-1", "corrupted", content]],
    );
    assert.equal(world.meter.state, "NOT_READY");
    assert.deepEqual(steps.faults.active.map(({ subType }) => subType), ["OcmfCorrupted", "RecordNotVerified"]);
    assert.equal(transactions.current.state, "corrupted");
    await transactions.start(startRequest("tx-2"));
    await transactions.stop({ transaction_id: "tx-2" });
    assert.deepEqual(steps.faults.active, []);
  }
});

Deno.test("MeterTransactions.stop keeps the readable part of a corrupted file, and frees a meter without a readable file", async () => {
  for (const content of ["OCMF|{broken", ""]) {
    await using world = new World();
    const { transactions, steps, journal } = world.boot();
    await transactions.start(startRequest("tx-1"));
    world.meter.state = "CORRUPTED";
    world.meter.file = new TextEncoder().encode(content);
    steps.mishapAt = (_, step) => step === "readOcmfFile" ? "refused" : undefined;
    await assert.rejects(transactions.stop({ transaction_id: "tx-1" }), { code: "OCMF_CORRUPTED" });
    assert.deepEqual(journal.records().map(({ transactionId, ocmf }) => [transactionId, textOf(ocmf)]), [[
      "tx-1",
      content,
    ]]);
    assert.equal(world.meter.state, "NOT_READY");
  }
});

Deno.test("MeterTransactions.stop treats an empty file as corrupted, so that the meter is free again", async () => {
  await using world = new World();
  const { transactions, steps, journal } = world.boot();
  await transactions.start(startRequest("tx-1"));
  const close = PhysicalMeter.prototype.close.bind(world.meter);
  world.meter.close = (tx) => {
    close(tx);
    world.meter.file = new Uint8Array();
  };
  const begunAtMs = world.time.mono();
  await assert.rejects(transactions.stop({ transaction_id: "tx-1" }), { code: "OCMF_CORRUPTED" });
  assert.ok(world.time.mono() - begunAtMs >= 5000);
  assert.deepEqual(journal.records().map(({ transactionId, reason }) => [transactionId, reason]), [
    ["tx-1", "corrupted"],
  ]);
  assert.ok(steps.faults.has("OcmfCorrupted"));
  assert.equal(world.meter.state, "NOT_READY");
  world.meter.close = close;
  await transactions.start(startRequest("tx-2"));
  assert.equal((await transactions.stop({ transaction_id: "tx-2" })).status, "OK");
  assert.ok(!steps.faults.has("OcmfCorrupted"));
});

Deno.test("MeterTransactions.stop of an id that the file does not name is unknown, and a file that stays is erased later", async () => {
  await using world = new World();
  const { transactions, steps, journal } = world.boot();
  await transactions.recover();
  world.meter.tariffText = "0.20 EUR<=>other";
  world.meter.begin();
  world.meter.close("E");
  world.meter.tariffText = "0.20 EUR<=>tx-9";
  let refusals = 3;
  steps.mishapAt = (_, step) => step === "confirmOcmfFile" && refusals-- > 0 ? "refused" : undefined;
  await assert.rejects(transactions.stop({ transaction_id: "tx-9" }), { code: "UNKNOWN_TRANSACTION" });
  await until(() => world.meter.state === "NOT_READY");
  assert.deepEqual(journal.records().map(({ transactionId }) => transactionId), ["other"]);
});

import assert from "node:assert/strict";
import { PhysicalMeter } from "./physical_meter.ts";
import { startRequest, textOf, World } from "./world.ts";

Deno.test("TransactionDesk.stop answers no record that names another transaction, and logs both ids", async () => {
  await using world = new World();
  const { desk, journal, errors } = world.boot();
  await desk.start(startRequest("tx-1"));
  world.meter.tariffText = "changed<=>other";
  await assert.rejects(desk.stop({ transaction_id: "tx-1" }), {
    code: "TRANSACTION_FINISHED",
    message: /not_on_meter/,
  });
  assert.deepEqual(journal.records().map(({ transactionId, verdict }) => [transactionId, verdict?.session]), [
    ["other", "ok"],
  ]);
  assert.equal(journal.transaction("evse-1", "tx-1")?.reason, "not_on_meter");
  assert.match(errors.join("\n"), /Transaction tx-1 has ended without a record: the meter gave the record of other/);
  assert.equal(world.meter.state, "NOT_READY");
});

Deno.test("TransactionDesk.stop stores a record that it did not make under the id that it names", async () => {
  await using world = new World();
  await world.boot().desk.start(startRequest("tx-1"));
  world.meter.tariffText = "another master's<=>other";
  world.meter.close("E");
  const { desk, journal } = world.boot();
  await desk.recover();
  await assert.rejects(desk.stop({ transaction_id: "tx-1" }), {
    code: "TRANSACTION_FINISHED",
    message: /without a record/,
  });
  assert.deepEqual(journal.records().map(({ transactionId }) => transactionId), ["other"]);
  assert.equal(journal.openTransactions("evse-1").length, 0);
});

Deno.test("TransactionDesk.stop finds the id of a file that names none in the meter's tariff text", async () => {
  for (const [state, code] of [["READY", undefined], ["CORRUPTED", "OCMF_CORRUPTED"]] as const) {
    await using world = new World();
    const { desk, journal } = world.boot();
    await desk.recover();
    world.meter.tariffText = "0.20 EUR<=>tx-9";
    world.meter.file = new TextEncoder().encode("OCMF|{broken");
    world.meter.state = state;
    const stop = desk.stop({ transaction_id: "tx-9" });
    if (code !== undefined) await assert.rejects(stop, { code });
    else assert.equal((await stop).signed_meter_value?.signed_meter_data, "OCMF|{broken");
    assert.deepEqual(journal.records().map(({ transactionId }) => transactionId), ["tx-9"]);
    assert.equal(world.meter.state, "NOT_READY");
  }
});

Deno.test("TransactionDesk.stop repeats its record whatever the meter holds later under that id", async () => {
  for (const content of ["", "OCMF|{broken", "another one"]) {
    await using world = new World();
    const { desk, journal } = world.boot();
    await desk.start(startRequest("tx-1"));
    const answer = await desk.stop({ transaction_id: "tx-1" });
    if (content === "another one") {
      world.meter.begin();
      world.meter.close("E");
    } else {
      world.meter.state = "CORRUPTED";
      world.meter.file = new TextEncoder().encode(content);
    }
    await desk.start(startRequest("tx-2"));
    assert.equal(journal.records().length, 2);
    assert.deepEqual(await desk.stop({ transaction_id: "tx-1" }), answer);
    await assert.rejects(desk.start(startRequest("tx-1")), { code: "TRANSACTION_FINISHED" });
  }
});

Deno.test("TransactionDesk.stop gives a record without an id to the transaction that was ended", async () => {
  await using world = new World();
  const { desk, journal } = world.boot();
  await desk.start(startRequest("tx-1"));
  world.meter.tariffText = "a meter that forgot";
  assert.equal((await desk.stop({ transaction_id: "tx-1" })).status, "OK");
  assert.deepEqual(journal.records().map(({ transactionId, verdict }) => [transactionId, verdict?.session]), [[
    "tx-1",
    "violated",
  ]]);
});

Deno.test("TransactionDesk.stop keeps what a corrupted file holds and tells it", async () => {
  for (const content of ["", "OCMF|{broken"]) {
    await using world = new World();
    const { desk, steps, journal } = world.boot();
    await desk.start(startRequest("tx-1"));
    world.meter.state = "CORRUPTED";
    world.meter.file = new TextEncoder().encode(content);
    await assert.rejects(desk.stop({ transaction_id: "tx-1" }), { code: "OCMF_CORRUPTED" });
    assert.deepEqual(
      journal.records().map(({ transactionId, reason, ocmf }) => [transactionId, reason, textOf(ocmf)]),
      [["tx-1", "corrupted", content]],
    );
    assert.equal(world.meter.state, "NOT_READY");
    assert.deepEqual(steps.faults.active.map(({ subType }) => subType), ["OcmfCorrupted", "RecordNotVerified"]);
    assert.equal(desk.current.state, "corrupted");
    await desk.start(startRequest("tx-2"));
    await desk.stop({ transaction_id: "tx-2" });
    assert.deepEqual(steps.faults.active, []);
  }
});

Deno.test("TransactionDesk.stop keeps what can be read of a corrupted file, and frees a meter that shows none", async () => {
  for (const content of ["OCMF|{broken", ""]) {
    await using world = new World();
    const { desk, steps, journal } = world.boot();
    await desk.start(startRequest("tx-1"));
    world.meter.state = "CORRUPTED";
    world.meter.file = new TextEncoder().encode(content);
    steps.mishapAt = (_, step) => step === "readOcmfFile" ? "refused" : undefined;
    await assert.rejects(desk.stop({ transaction_id: "tx-1" }), { code: "OCMF_CORRUPTED" });
    assert.deepEqual(journal.records().map(({ transactionId, ocmf }) => [transactionId, textOf(ocmf)]), [[
      "tx-1",
      content,
    ]]);
    assert.equal(world.meter.state, "NOT_READY");
  }
});

Deno.test("TransactionDesk.stop treats a file that stays empty as corrupted, so that the meter is free again", async () => {
  await using world = new World();
  const { desk, steps, journal } = world.boot();
  await desk.start(startRequest("tx-1"));
  const close = PhysicalMeter.prototype.close.bind(world.meter);
  world.meter.close = (tx) => {
    close(tx);
    world.meter.file = new Uint8Array();
  };
  const begunAtMs = world.time.mono();
  await assert.rejects(desk.stop({ transaction_id: "tx-1" }), { code: "OCMF_CORRUPTED" });
  assert.ok(world.time.mono() - begunAtMs >= 5000);
  assert.deepEqual(journal.records().map(({ transactionId, reason }) => [transactionId, reason]), [
    ["tx-1", "corrupted"],
  ]);
  assert.ok(steps.faults.has("OcmfCorrupted"));
  assert.equal(world.meter.state, "NOT_READY");
  world.meter.close = close;
  await desk.start(startRequest("tx-2"));
  assert.equal((await desk.stop({ transaction_id: "tx-2" })).status, "OK");
  assert.ok(!steps.faults.has("OcmfCorrupted"));
});

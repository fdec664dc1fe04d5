import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import { ModbusError } from "../../src/meter/mod.ts";
import { startRequest, textOf, until, World } from "./world.ts";

Deno.test("a complete file replaces an incomplete stored one", async () => {
  await using world = new World();
  const { transactions, steps } = world.boot();
  await transactions.start(startRequest("tx-1"));
  const read = steps.readOcmfFile.bind(steps);
  steps.readOcmfFile = async () => (await read()).subarray(0, 300);
  steps.mishapAt = (_, step) => step === "confirmOcmfFile" ? "unheard" : undefined;
  const torn = await transactions.stop({ transaction_id: "tx-1" });
  assert.equal(torn.signed_meter_value?.signed_meter_data.length, 300);

  const next = world.boot();
  await next.transactions.recover();
  const whole = await next.transactions.stop({ transaction_id: "tx-1" });
  assert.equal(whole.signed_meter_value?.signed_meter_data, textOf(world.meter.made[0]));
  assert.deepEqual(
    next.journal.records().map(({ transactionId, verdict }) => [transactionId, verdict?.signature]),
    [["tx-1", "malformed"], ["tx-1", "valid"]],
  );
});

Deno.test("a complete file with another pagination does not replace an incomplete one", async () => {
  await using world = new World();
  // The meter erases a file that could not be read completely
  world.meter.isStored = () => true;
  const { transactions, steps, journal } = world.boot();
  await transactions.start(startRequest("tx-1"));
  const read = steps.readOcmfFile.bind(steps);
  steps.readOcmfFile = async () => (await read()).subarray(0, 300);
  const torn = await transactions.stop({ transaction_id: "tx-1" });
  steps.readOcmfFile = read;
  world.meter.tariffText = "x<=>tx-1";
  world.meter.close("E");
  await transactions.recover();
  assert.equal(journal.records().length, 2);
  assert.deepEqual(await transactions.stop({ transaction_id: "tx-1" }), torn);
});

Deno.test("the file of the previous transaction is not stored for the one that has just ended", async () => {
  await using world = new World();
  const { transactions, steps, journal } = world.boot();
  await transactions.start(startRequest("tx-1"));
  await transactions.stop({ transaction_id: "tx-1" });
  await transactions.start(startRequest("tx-2"));
  const read = steps.readOcmfFile.bind(steps);
  let reads = 0;
  steps.readOcmfFile = async () => {
    const file = await read();
    return reads++ === 0 ? world.meter.made[0]?.slice() ?? file : file;
  };
  const answer = await transactions.stop({ transaction_id: "tx-2" });
  assert.equal(answer.signed_meter_value?.signed_meter_data, textOf(world.meter.made[1]));
  assert.deepEqual(journal.records().map(({ transactionId }) => transactionId), ["tx-1", "tx-2"]);
});

Deno.test("a stop that arrives while a record is stored does not reopen its transaction", async () => {
  await using world = new World();
  let cancelled: Promise<unknown> | undefined;
  const { transactions, journal, errors } = world.boot({
    failpoint: async (name) => {
      if (name !== "record.after_store") return;
      cancelled = transactions.stop({ transaction_id: "" });
      for (let turn = 0; turn < 20; turn++) await setImmediate();
    },
  });
  await transactions.start(startRequest("tx-1"));
  world.meter.close("P");
  await transactions.recover();
  assert.deepEqual(await cancelled, { status: "OK" });
  assert.deepEqual(journal.changes(1).map(({ state }) => state), ["starting", "running", "finished"]);
  assert.equal(journal.transaction("evse-1", "tx-1")?.reason, "power_loss");
  assert.deepEqual(errors, []);
});

Deno.test("a refused confirmation of a record is retried after pauses", async () => {
  await using world = new World();
  const { transactions, steps } = world.boot();
  await transactions.start(startRequest("tx-1"));
  const confirmations = () => steps.calls.filter((call) => call === "confirmOcmfFile").length;
  steps.mishapAt = (_, step) => step === "confirmOcmfFile" && confirmations() <= 30 ? "refused" : undefined;
  const begunAtMs = world.time.mono();
  await transactions.stop({ transaction_id: "tx-1" });
  await until(() => world.meter.state === "NOT_READY");
  assert.ok(world.time.mono() - begunAtMs > 60_000, `${world.time.mono() - begunAtMs} ms`);
});

Deno.test("the file of a busy meter stays on it until it can be read", async () => {
  await using world = new World();
  const { transactions, steps } = world.boot();
  await transactions.start(startRequest("tx-1"));
  const busy = new ModbusError(6, "Exception 6 (device busy: retry later)");
  const { readOcmfFile, salvageOcmfFile } = steps;
  steps.readOcmfFile = steps.salvageOcmfFile = () => Promise.reject(busy);
  await assert.rejects(transactions.stop({ transaction_id: "tx-1" }), { code: "MODBUS_EXCEPTION" });
  assert.deepEqual(steps.faultChanges.filter((change) => change === "+OcmfCorrupted"), []);
  assert.equal(world.meter.state, "READY");
  Object.assign(steps, { readOcmfFile, salvageOcmfFile });
  const answer = await transactions.stop({ transaction_id: "tx-1" });
  assert.equal(answer.signed_meter_value?.signed_meter_data, textOf(world.meter.made[0]));
});

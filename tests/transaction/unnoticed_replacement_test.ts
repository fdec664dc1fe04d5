import assert from "node:assert/strict";
import { otherMeter } from "./other_meter.ts";
import type { PhysicalMeter } from "./physical_meter.ts";
import type { ScriptedSteps } from "./scripted_steps.ts";
import { startRequest, textOf, World } from "./world.ts";

/** Replaces the meter before a step, which then has no answer. */
function swapAtUnheard(steps: ScriptedSteps, at: string, other: PhysicalMeter): void {
  steps.mishapAt = (_, step) => {
    if (step !== at) return undefined;
    steps.swap(other);
    return "unheard";
  };
}

Deno.test("a repeated confirmation does not erase the file of another meter", async () => {
  await using world = new World();
  const { transactions, steps } = world.boot();
  await transactions.start(startRequest("tx-1"));
  const other = otherMeter(world);
  other.tariffText = "x<=>tx-9";
  other.close("E");
  swapAtUnheard(steps, "confirmOcmfFile", other);
  const answer = await transactions.stop({ transaction_id: "tx-1" });
  assert.equal(answer.signed_meter_value?.signed_meter_data, textOf(world.meter.made[0]));
  assert.equal(steps.calls.filter((step) => step === "confirmOcmfFile").length, 1);
  assert.equal(other.state, "READY");
});

Deno.test("a repeated end does not end the transaction of another meter", async () => {
  await using world = new World();
  const { transactions, steps } = world.boot();
  await transactions.start(startRequest("tx-1"));
  const other = otherMeter(world);
  other.tariffText = "x<=>tx-9";
  other.begin();
  swapAtUnheard(steps, "end", other);
  await assert.rejects(transactions.stop({ transaction_id: "tx-1" }), { code: "METER_OFFLINE" });
  assert.equal(steps.calls.filter((step) => step === "end").length, 1);
  assert.equal(other.state, "RUNNING");
});

Deno.test("a start does not end the transaction of another meter that answers after the begin", async () => {
  await using world = new World();
  const { transactions, steps } = world.boot();
  const other = otherMeter(world);
  other.tariffText = "x<=>tx-9";
  other.begin();
  steps.mishapAt = (_, step) => {
    if (step === "readTariffText" && steps.calls.includes("begin")) steps.swap(other);
    return undefined;
  };
  await assert.rejects(transactions.start(startRequest("tx-1")), { code: "METER_OFFLINE" });
  assert.equal(steps.calls.includes("end"), false);
  assert.equal(other.state, "RUNNING");
});

Deno.test("a meter that answers after the fields were written does not begin the transaction", async () => {
  await using world = new World();
  const { transactions, steps } = world.boot();
  const other = otherMeter(world);
  const write = steps.writeTransaction.bind(steps);
  steps.writeTransaction = async (fields) => {
    await write(fields);
    steps.swap(other);
  };
  await assert.rejects(transactions.start(startRequest("tx-1")), { code: "METER_OFFLINE" });
  assert.equal(steps.calls.includes("begin"), false);
  assert.equal(other.state, "NOT_READY");
});

Deno.test("nothing that another meter returns is stored as the file of this meter", async () => {
  for (const content of ["nothing", "part", "record"] as const) {
    await using world = new World();
    const { transactions, steps, journal } = world.boot();
    await transactions.start(startRequest("tx-1"));
    const other = otherMeter(world);
    if (content === "record") {
      other.tariffText = "x<=>tx-9";
      other.close("E");
    }
    const read = steps.readOcmfFile.bind(steps);
    let reads = 0;
    steps.readOcmfFile = async () => {
      const file = await read();
      steps.swap(other);
      if (content === "record" && reads++ > 0) return file;
      return file.subarray(0, content === "part" ? 250 : 0);
    };
    await assert.rejects(transactions.stop({ transaction_id: "tx-1" }), { code: "METER_OFFLINE" }, content);
    assert.deepEqual(journal.records(), [], content);
    assert.equal(steps.calls.includes("confirmOcmfFile"), false, content);
    steps.readOcmfFile = read;
    steps.swap(world.meter);
    const answer = await transactions.stop({ transaction_id: "tx-1" });
    assert.equal(answer.signed_meter_value?.signed_meter_data, textOf(world.meter.made[0]), content);
    assert.deepEqual(other.erased, [], content);
  }
});

Deno.test("a file of another meter that was connected only for a time is not stored", async () => {
  await using world = new World();
  const { transactions, steps, journal } = world.boot();
  await transactions.start(startRequest("tx-1"));
  const other = otherMeter(world);
  other.tariffText = "x<=>tx-9";
  other.close("E");
  const begunAtMs = world.time.mono();
  const look = steps.readOcmfState.bind(steps);
  steps.readOcmfState = () => {
    steps.swap(world.time.mono() - begunAtMs < 4500 ? other : world.meter);
    return look();
  };
  const read = steps.readOcmfFile.bind(steps);
  steps.readOcmfFile = () => {
    if (world.time.mono() - begunAtMs >= 4500) steps.swap(world.meter);
    return read();
  };
  await transactions.recover();
  assert.deepEqual(transactions.current, { state: "running", transactionId: "tx-1" });
  assert.deepEqual(journal.records(), []);
  assert.equal(other.state, "READY");
});

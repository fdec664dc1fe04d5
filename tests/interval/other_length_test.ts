import assert from "node:assert/strict";
import { minuteMs } from "../../src/base/time.ts";
import { Accumulator } from "../../src/interval/mod.ts";
import { stateOfLength } from "../../src/interval/state_of_length.ts";
import { quarterMs, sample, short } from "./samples.ts";
import { Setup } from "./setup.ts";

Deno.test("another length of the intervals begins at its next boundary", async () => {
  using setup = new Setup();
  setup.read(setup.recorder());
  setup.kill();
  const recorder = setup.recorder(5);
  for (let minute = 0; minute <= 11; minute++) {
    setup.read(recorder);
    await setup.time.advance(minuteMs);
  }
  assert.deepEqual(setup.waiting, ["evse-1 0-5: 50 measured", "evse-1 5-10: 50 measured"]);
});

Deno.test("when the length changes, the time until the next boundary of the new length is a gap with its energy", async () => {
  using setup = new Setup();
  await setup.readEachMinute(setup.recorder(15), 20);
  setup.kill();
  await setup.readEachMinute(setup.recorder(60), 121);
  assert.deepEqual(setup.waiting, [
    "evse-1 0-15: 150 measured",
    "evse-1 15-60: 450 gap",
    "evse-1 60-120: 600 measured",
  ]);
});

Deno.test("a gap after a change of the length can be shorter than an interval", async () => {
  using setup = new Setup();
  await setup.readEachMinute(setup.recorder(5), 11);
  setup.kill();
  await setup.readEachMinute(setup.recorder(15), 31);
  assert.deepEqual(setup.waiting, [
    "evse-1 0-5: 50 measured",
    "evse-1 5-10: 50 measured",
    "evse-1 10-15: 50 gap",
    "evse-1 15-30: 150 measured",
  ]);
  const [, , gap, next] = setup.store.waiting(10, []);
  assert.deepEqual([gap?.lengthMs, gap?.interval.readings, gap?.interval.largestMinuteW], [quarterMs, 5, 600]);
  assert.equal(next?.interval.readings, 15);
});

Deno.test("the new length begins with a whole interval if the last one ends at its boundary", async () => {
  using setup = new Setup();
  await setup.readEachMinute(setup.recorder(15), 32);
  setup.kill();
  await setup.readEachMinute(setup.recorder(30), 62);
  setup.kill();
  await setup.readEachMinute(setup.recorder(15), 77);
  assert.deepEqual(setup.waiting.slice(1), [
    "evse-1 15-30: 150 measured",
    "evse-1 30-60: 300 measured",
    "evse-1 60-75: 150 measured",
  ]);
});

Deno.test("the energy of a meter that is replaced while the length changes is in the gap", async () => {
  using setup = new Setup();
  await setup.readEachMinute(setup.recorder(15), 21);
  setup.kill();
  await setup.readEachMinute(setup.recorder(60), 61, "B");
  const [, gap] = setup.store.waiting(10, []).map(({ interval }) => interval);
  assert.equal(gap && short(gap), "15-60: 440 meter_replaced");
  assert.deepEqual(gap?.parts, [
    { meterId: "A", start: { importWh: 150 }, end: { importWh: 200 } },
    { meterId: "B", start: { importWh: 210 }, end: { importWh: 600 } },
  ]);
});

Deno.test("the time in which a meter has no intervals is one gap", async () => {
  using setup = new Setup();
  await setup.readEachMinute(setup.recorder(15), 20);
  setup.kill();
  await setup.time.advance(3 * 60 * minuteMs);
  setup.kill();
  await setup.readEachMinute(setup.recorder(15), 226);
  assert.deepEqual(setup.waiting.slice(1), ["evse-1 15-210: 1950 gap", "evse-1 210-225: 150 measured"]);
});

/** Intervals of 15 minutes after some of 5 minutes, the last of which ends 10 minutes after the start. */
function after5Minutes(): Accumulator {
  const before = new Accumulator(5 * minuteMs);
  for (let minute = 0; minute <= 11; minute++) before.add(sample(minute * minuteMs, 10 * minute));
  return new Accumulator(quarterMs, stateOfLength({ lengthMs: 5 * minuteMs, ...before.state }, quarterMs));
}

Deno.test("late values replace the gap after a change of the length", () => {
  const accumulator = after5Minutes();
  assert.deepEqual(accumulator.add(sample(45 * minuteMs, 450)).map(short), ["10-45: 350 gap"]);
  const late = [12, 15, 16, 29, 30].map((minute) => sample(minute * minuteMs, 10 * minute));
  assert.deepEqual(accumulator.addLate(late).map(short), [
    "10-15: 50 gap, revision 2",
    "15-30: 150 measured, revision 2",
    "30-45: 150 measured, revision 2",
  ]);
});

Deno.test("late values that contradict others are ignored, also in the gap after a change of the length", () => {
  const accumulator = after5Minutes();
  accumulator.add(sample(14 * minuteMs, 140));
  accumulator.add(sample(25 * minuteMs, 250));
  assert.deepEqual(accumulator.add(sample(30 * minuteMs, 300)).map(short), ["10-30: 200 gap"]);
  assert.deepEqual(accumulator.addLate([sample(16 * minuteMs, 130)]), []);
  assert.deepEqual(accumulator.addLate([sample(14.5 * minuteMs, 260)]), []);
});

Deno.test("no energy is lost if the length changes twice before an interval ends", () => {
  const quarters = after5Minutes();
  quarters.add(sample(16 * minuteMs, 160));
  quarters.add(sample(25 * minuteMs, 250));
  const hourly = new Accumulator(
    60 * minuteMs,
    stateOfLength({ lengthMs: quarterMs, ...quarters.state }, 60 * minuteMs),
  );
  hourly.add(sample(40 * minuteMs, 400));
  const fives = new Accumulator(
    5 * minuteMs,
    stateOfLength({ lengthMs: 60 * minuteMs, ...hourly.state }, 5 * minuteMs),
  );
  const last = new Accumulator(quarterMs, stateOfLength({ lengthMs: 5 * minuteMs, ...fives.state }, quarterMs));
  assert.deepEqual(last.add(sample(60 * minuteMs, 600)).map(short), ["10-60: 500 gap"]);
});

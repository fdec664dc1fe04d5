import assert from "node:assert/strict";
import { minuteMs } from "../../src/base/time.ts";
import { short } from "./samples.ts";
import { Setup } from "./setup.ts";

Deno.test("a clock that is set or not synchronised makes the intervals doubtful", async () => {
  using setup = new Setup();
  const recorder = setup.recorder();
  for (let minute = 0; minute <= 60; minute++) {
    setup.isSynchronised = minute > 20;
    if (minute === 40) setup.time.setWall(setup.time.now() + 3_000);
    setup.read(recorder);
    await setup.time.advance(minuteMs);
  }
  assert.deepEqual(setup.waiting.map((text) => text.split(" ").slice(1).join(" ")), [
    "0-15: 150 clock_unsynchronised",
    "15-30: 150 clock_unsynchronised",
    "30-45: 150 clock_unsynchronised",
    "45-60: 150 measured",
  ]);
});

Deno.test("a reading that takes longer than the energies at a boundary leaves its interval as measured", async () => {
  using setup = new Setup();
  const recorder = setup.recorder();
  const meterId = "A";
  for (let minute = 0; minute < 15; minute++) {
    setup.read(recorder);
    await setup.time.advance(minuteMs);
  }
  const boundary = { meterId, takenAtMs: setup.time.now(), energyImportWh: 151, isReading: false };
  assert.equal(recorder.add(boundary), true);
  await setup.time.advance(10_000);
  recorder.add({ meterId, takenAtMs: boundary.takenAtMs - 8_000, energyImportWh: 150, powerW: 600, isReading: true });
  for (let minute = 15; minute <= 30; minute++) {
    await setup.time.advance(minuteMs);
    setup.read(recorder);
  }
  const found = setup.store.waiting(10, []).map(({ interval }) => [short(interval), interval.readings]);
  assert.deepEqual(found, [["0-15: 151 measured", 15], ["15-30: 148 interpolated", 15]]);
});

Deno.test("values with an impossible time are ignored", async () => {
  using setup = new Setup();
  const recorder = setup.recorder();
  for (let minute = 0; minute <= 30; minute++) {
    const isBooting = minute >= 10 && minute < 13;
    const nowMs = setup.time.now();
    if (isBooting) setup.time.setWall(60_000);
    setup.read(recorder);
    if (isBooting) setup.time.setWall(nowMs);
    await setup.time.advance(minuteMs);
  }
  assert.deepEqual(setup.waiting, ["evse-1 0-15: 150 measured", "evse-1 15-30: 150 measured"]);
});

Deno.test("late values with a time after the present one are ignored: they would stop the intervals until then", async () => {
  using setup = new Setup();
  const before = setup.recorder();
  setup.read(before);
  before.store();
  setup.kill();
  const wrong = [minuteMs, 300 * 24 * 60 * minuteMs, 1e14].map((afterMs) => setup.time.now() + afterMs);
  const recorder = setup.recorder(
    15,
    wrong.map((takenAtMs) => ({ meterId: "A", takenAtMs, energyImportWh: 5, powerW: 9_000, isReading: true })),
  );
  for (let minute = 1; minute <= 15; minute++) {
    await setup.time.advance(minuteMs);
    setup.read(recorder);
  }
  const found = setup.store.waiting(10, []).map(({ interval }) => [short(interval), interval.largestMinuteW]);
  assert.deepEqual(found, [["0-15: 150 measured", 600]]);
});

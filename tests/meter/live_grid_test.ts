import assert from "node:assert/strict";
import { Rig } from "./rig.ts";

const begins = (rig: Rig) =>
  rig.bus.calls.filter((call) => call.address === 0 && call.words > 1).map((call) => call.atMs);

Deno.test("Meter polls on its grid without drift", async () => {
  const rig = await new Rig("em580", { gridOffset: 0.25, publishSignedValues: "never" }).online();
  await rig.time.advance(60_000);
  await rig.stop();
  const times = begins(rig);
  assert.equal(times.length, 60);
  for (const [index, time] of times.entries()) assert.equal(time, (times[0] ?? 0) + index * 1000);
  assert.equal((times[0] ?? 0) % 1000, 250);
  assert.equal(rig.meter.skippedCycles, 0);
});

Deno.test("Meter keeps its grid when the wall clock jumps", async () => {
  const rig = await new Rig("em580").online();
  await rig.time.advance(2000);
  rig.time.setWall(Date.UTC(2031, 0, 1));
  await rig.time.advance(3000);
  rig.time.setWall(Date.UTC(1970, 0, 1));
  await rig.time.advance(3000);
  await rig.stop();
  const times = begins(rig);
  assert.ok(times.length >= 8);
  for (const [index, time] of times.entries()) assert.equal(time, (times[0] ?? 0) + index * 1000);
});

Deno.test("Meter skips and counts cycles that are not possible in time, and does not queue them", async () => {
  const rig = await new Rig("em340").online();
  await rig.time.advanceUntil(() => rig.readings.length === 1);
  rig.bus.exchangeMs = 1100; // three exchanges: 3.3 s per cycle
  await rig.time.advance(33_000);
  rig.bus.exchangeMs = 10;
  const slow = rig.readings.length;
  assert.ok(slow >= 10 && slow <= 12, `${slow} readings`);
  assert.ok(rig.meter.skippedCycles >= 20 && rig.meter.skippedCycles <= 24, `${rig.meter.skippedCycles} skipped`);
  await rig.time.advance(10_000);
  const fast = rig.readings.length - slow;
  assert.ok(fast >= 8 && fast <= 11, `${fast} readings`);
  assert.equal(rig.logged.filter((line) => line.startsWith("warn Skipped")).length, 1);
  await rig.stop();
});

Deno.test("Meter gives each reading the time of its values, and no reading twice", async () => {
  const rig = await new Rig("em580").online();
  await rig.time.advance(10_000);
  await rig.stop();
  const times = rig.readings.map((reading) => reading.takenAtMs);
  assert.equal(new Set(times).size, times.length);
  const answered = begins(rig).map((atMs) => atMs + 10 + Date.UTC(2026, 0, 31, 8));
  assert.deepEqual(times, answered.slice(0, times.length));
});

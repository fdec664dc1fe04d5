import assert from "node:assert/strict";
import { minuteMs } from "../../src/base/time.ts";
import { quarterMs, short } from "./samples.ts";
import { Setup } from "./setup.ts";

Deno.test("an interval continues after a restart, and is stored with what both processes have read", async () => {
  using setup = new Setup();
  const before = setup.recorder();
  for (let minute = 0; minute < 9; minute++) {
    setup.read(before);
    await setup.time.advance(minuteMs);
  }
  before.store();
  setup.kill();
  const after = setup.recorder();
  for (let minute = 9; minute < 15; minute++) {
    assert.equal(setup.read(after), false);
    await setup.time.advance(minuteMs);
  }
  assert.equal(setup.read(after), true);
  const [waiting] = setup.store.waiting(10, []);
  assert.ok(waiting !== undefined);
  assert.deepEqual([waiting.meter, waiting.lengthMs, short(waiting.interval)], [
    "evse-1",
    quarterMs,
    "0-15: 150 measured",
  ]);
  assert.deepEqual([waiting.interval.readings, waiting.interval.largestMinuteW], [15, 600]);
});

Deno.test("a killed process loses readings since the last minute, but no energy and no interval", async () => {
  using setup = new Setup();
  const before = setup.recorder();
  setup.read(before);
  before.store();
  await setup.time.advance(14 * minuteMs);
  setup.read(before);
  before.store();
  await setup.time.advance(50_000);
  setup.read(before);
  setup.kill();
  const after = setup.recorder();
  await setup.time.advance(30_000);
  setup.read(after);
  assert.deepEqual(setup.waiting, ["evse-1 0-15: 150 interpolated"]);
});

Deno.test("intervals wait until they are published, also across a restart", async () => {
  using setup = new Setup();
  const recorder = setup.recorder();
  for (let minute = 0; minute <= 45; minute++) {
    setup.read(recorder);
    await setup.time.advance(minuteMs);
  }
  const [first] = setup.store.waiting(1, []);
  assert.ok(first !== undefined && setup.store.published(first));
  setup.kill();
  assert.deepEqual(setup.waiting, ["evse-1 15-30: 150 measured", "evse-1 30-45: 150 measured"]);
  assert.deepEqual(setup.store.waiting(10, ["evse-1"]), []);
});

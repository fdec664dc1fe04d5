import assert from "node:assert/strict";
import { PortError } from "../../bridge/mod.ts";
import { ReopenPause } from "../../bridge/reopen_pause.ts";

const absent = new PortError("not_found", "absent");
const stuck = new PortError("stuck", "stuck");

function pauses(pause: ReopenPause, error: PortError, attempts: number): number[] {
  return Array.from({ length: attempts }, () => pause.after(error, false));
}

Deno.test("ReopenPause is short for the first 20 attempts, so that a flapping adapter is in use again within its phase", () => {
  const pause = new ReopenPause(1000);
  assert.deepEqual(pauses(pause, absent, 3), [100, 200, 250]);
  assert.deepEqual(pauses(pause, absent, 17), Array(17).fill(250));
  assert.deepEqual(pauses(pause, absent, 2), [1000, 1000]);
  for (let flap = 0; flap < 20; flap++) {
    assert.equal(pause.after(absent, true), 100);
    assert.equal(pause.after(absent, false), 200);
  }
});

Deno.test("ReopenPause grows to half a minute while a device takes nothing", () => {
  const pause = new ReopenPause(1000);
  const grown = [100, 200, 400, 800, 1600, 3200, 6400, 12_800, 25_600, 30_000, 30_000];
  assert.deepEqual(pauses(pause, stuck, 11), grown);
  assert.equal(pause.after(absent, false), 250);
  assert.equal(pause.after(stuck, true), 100);
});

Deno.test("ReopenPause is never longer than it may be for an absent device", () => {
  assert.deepEqual(pauses(new ReopenPause(20), absent, 2), [20, 20]);
  assert.deepEqual(new Set(pauses(new ReopenPause(1000), absent, 5000).slice(20)), new Set([1000]));
});

import assert from "node:assert/strict";
import { freeGridOffset } from "../../src/station/grid_place.ts";

Deno.test("freeGridOffset is in the middle of the largest gap, also of the one around the end of the interval", () => {
  assert.equal(freeGridOffset([]), 0);
  assert.equal(freeGridOffset([0]), 0.5);
  assert.equal(freeGridOffset([0, 0.5]), 0.25);
  assert.equal(freeGridOffset([0.5, 0.25, 0]), 0.75);
  assert.equal(freeGridOffset([0.5]), 0);
  assert.equal(freeGridOffset([0.25, 0.375, 0.5]), 0.875);
});

Deno.test("freeGridOffset spreads meters that are added one after the other", () => {
  const offsets = [0, 1 / 3, 2 / 3];
  for (let more = 0; more < 3; more++) offsets.push(freeGridOffset(offsets));
  const sorted = offsets.toSorted();
  const gaps = sorted.map((offset, index) => (sorted[index + 1] ?? 1) - offset);
  for (const gap of gaps) assert.ok(Math.abs(gap - 1 / 6) < 1e-9, `${gap}`);
});

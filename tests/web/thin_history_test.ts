import assert from "node:assert/strict";
import type { HistoryPoint } from "../../src/view/mod.ts";
import { ThinHistory } from "../../src/web/thin_history.ts";

function thinPoints(points: readonly HistoryPoint[], fromMs: number, toMs: number): HistoryPoint[] {
  const history = new ThinHistory(fromMs, toMs);
  for (const point of points) history.add(point);
  return history.points();
}

Deno.test("many points become means of equal parts of the period", () => {
  const points = Array.from({ length: 3_000 }, (_, index) => ({
    at: index * 1_000,
    powerW: index,
    voltageV: { L1: 230 + index % 2 },
  }));
  const thin = thinPoints(points, 0, 2_999_999);
  assert.equal(thin.length, 1_500);
  assert.deepEqual(thin[0], { at: 500, powerW: 0.5, voltageV: { L1: 230.5 } });
});

Deno.test("few points stay as they are, sorted, without those outside of the period", () => {
  const points = [{ at: 3, powerW: 1 }, { at: 1, powerW: 2 }, { at: 9, powerW: 3 }];
  assert.deepEqual(thinPoints(points, 1, 5), [{ at: 1, powerW: 2 }, { at: 3, powerW: 1 }]);
});

Deno.test("a part without a value has none", () => {
  const points = Array.from({ length: 2_000 }, (_, index) => ({ at: index, ...(index < 1_000 ? {} : { powerW: 4 }) }));
  const thin = thinPoints(points, 0, 1_999);
  assert.equal(thin[0]?.powerW, undefined);
  assert.equal(thin.at(-1)?.powerW, 4);
});

Deno.test("the order in which many points arrive does not matter, and their times are exact", () => {
  const fromMs = Date.parse("2026-01-31T08:00:00Z");
  const points = Array.from({ length: 90_000 }, (_, index) => ({ at: fromMs + index * 1_000, powerW: index }));
  const thin = thinPoints(points.toReversed(), fromMs, fromMs + 89_999_999);
  assert.equal(thin.length, 1_500);
  assert.deepEqual(thin[0], { at: fromMs + 29_500, powerW: 29.5 });
  assert.deepEqual(thin.at(-1), { at: fromMs + 89_969_500, powerW: 89_969.5 });
});

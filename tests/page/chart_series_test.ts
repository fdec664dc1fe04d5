import assert from "node:assert/strict";
import { chartSeries, rangeOf, withLatest } from "../../src/page/meter/chart_series.ts";

Deno.test("a period without readings is a gap in the lines", () => {
  const { times, powerW, voltageV } = chartSeries([
    { at: 1_000, powerW: 5, voltageV: { L1: 230 } },
    { at: 2_000, powerW: 6 },
    { at: 100_000, powerW: 7, voltageV: { L1: 231, L2: 229 } },
  ], 60_000);
  assert.deepEqual(times, [1, 2, 2.001, 100]);
  assert.deepEqual(powerW, [5, 6, null, 7]);
  assert.deepEqual(voltageV, [[230, null, null, 231], [null, null, null, 229], [null, null, null, null]]);
});

Deno.test("the range of values leaves out what is missing", () => {
  assert.deepEqual(rangeOf([null, 4, 2, null]), { min: 2, mean: 3, max: 4 });
  assert.equal(rangeOf([null]), undefined);
});

Deno.test("the latest reading continues a chart, and what is older than the period leaves it", () => {
  const points = [{ at: 1_000, powerW: 1 }, { at: 2_000, powerW: 2 }];
  assert.equal(withLatest(points, { at: 2_500 }, { fromMs: 0, stepMs: 1_000 }), points);
  const later = withLatest(points, { at: 3_000, powerW: 3 }, { fromMs: 1_500, stepMs: 1_000 });
  assert.deepEqual(later.map(({ at }) => at), [2_000, 3_000]);
  assert.deepEqual(withLatest(points, { at: 9_000 }, { fromMs: 8_000, stepMs: 1 }), [{ at: 9_000 }]);
});

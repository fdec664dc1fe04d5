import assert from "node:assert/strict";
import { thinPoints } from "../../src/web/thin_points.ts";

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

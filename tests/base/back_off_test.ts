import assert from "node:assert/strict";
import { BackOff, backOffMs } from "../../src/base/back_off.ts";

const limits = { firstMs: 500, longestMs: 5_000 };

Deno.test("backOffMs() doubles the pause with each failure, up to the longest", () => {
  const pauses = [1, 2, 3, 4, 5, 6].map((failures) => backOffMs(failures, limits));
  assert.deepEqual(pauses, [500, 1_000, 2_000, 4_000, 5_000, 5_000]);
});

Deno.test("backOffMs() stays within its limits after any number of failures", () => {
  assert.equal(backOffMs(100_000, limits), 5_000);
  assert.equal(backOffMs(100_000, { firstMs: 0, longestMs: 5_000 }), 0);
  assert.equal(backOffMs(1, { firstMs: 500, longestMs: 100 }), 100);
});

Deno.test("BackOff counts the failures since the last success", () => {
  const backOff = new BackOff(limits);
  assert.deepEqual([backOff.failed(), backOff.failed(), backOff.failed()], [500, 1_000, 2_000]);
  backOff.reset();
  assert.deepEqual([backOff.failed(), backOff.failed()], [500, 1_000]);
});

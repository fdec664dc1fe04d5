import assert from "node:assert/strict";
import { UnitPauses } from "../../src/line/unit_pauses.ts";
import { UnitWatch } from "../../src/line/unit_watch.ts";

/** Number of failed exchanges until the line counts as failed at `now`, at most `max`. */
function failuresUntilReport(watch: UnitWatch, unit: number, now: number, max = 100): number | undefined {
  for (let count = 1; count <= max; count++) if (watch.failed(unit, now)) return count;
  return undefined;
}

Deno.test("UnitWatch reports a failed line after three failed exchanges that include every unit that has ever answered", () => {
  const watch = new UnitWatch({ withoutAnswers: false, minMs: 0 });
  watch.answered(1);
  watch.answered(2);
  assert.equal(failuresUntilReport(watch, 1, 0), undefined);
  assert.equal(watch.failed(2, 0), true);

  watch.answered(2);
  assert.equal(failuresUntilReport(watch, 1, 0), undefined);
  watch.answered(2);
  assert.equal(watch.failed(1, 0), false);
  assert.equal(watch.failed(2, 0), false);
  assert.equal(watch.failed(2, 0), true);
});

Deno.test("UnitWatch reports a line without any answer only if configured", () => {
  assert.equal(failuresUntilReport(new UnitWatch({ withoutAnswers: false, minMs: 0 }), 9, 0), undefined);
  assert.equal(failuresUntilReport(new UnitWatch({ withoutAnswers: true, minMs: 0 }), 9, 0), 3);
});

Deno.test("UnitWatch reports a failed line again after growing pauses while no unit answers", () => {
  const watch = new UnitWatch({ withoutAnswers: false, minMs: 0 });
  watch.answered(1);
  const gaps: number[] = [];
  let last: number | undefined;
  for (let now = 0; gaps.length < 9; now += 1000) {
    if (!watch.failed(1, now)) continue;
    if (last !== undefined) gaps.push((now - last) / 1000);
    last = now;
  }
  assert.deepEqual(gaps, [10, 20, 40, 80, 160, 320, 600, 600, 600]);
  watch.answered(1);
  assert.equal(failuresUntilReport(watch, 1, 0), 3);
});

Deno.test("UnitWatch does not report a failed line before the minimum duration", () => {
  const watch = new UnitWatch({ withoutAnswers: false, minMs: 5000 });
  watch.answered(1);
  assert.equal(watch.failed(1, 1000), false);
  assert.equal(failuresUntilReport(watch, 1, 5999), undefined);
  assert.equal(watch.failed(1, 6000), true);
  watch.answered(1);
  assert.equal(failuresUntilReport(watch, 1, 6000), undefined);
  assert.equal(watch.failed(1, 11_000), true);
});

const exchange = { unit: 1, minPauseMs: 40, start: 0, end: 0, usable: true };

Deno.test("UnitPauses applies a pause only after the unit has failed without it", () => {
  const pauses = new UnitPauses();
  pauses.ended({ ...exchange, start: 0, end: 100 });
  assert.equal(pauses.heldUntil(1, 40), undefined);
  pauses.ended({ ...exchange, start: 145, end: 500, usable: false });
  assert.equal(pauses.heldUntil(1, 40), undefined, "the pause was there");
  pauses.ended({ ...exchange, start: 600, end: 620 });
  pauses.ended({ ...exchange, start: 625, end: 900, usable: false });
  assert.equal(pauses.heldUntil(1, 40), 660);
  pauses.ended({ ...exchange, start: 1000, end: 1010 });
  assert.equal(pauses.heldUntil(1, 40), 1050);
  assert.equal(pauses.heldUntil(2, 40), undefined, "a value of the unit");
});

Deno.test("UnitPauses applies no pause to a unit whose model needs none", () => {
  const pauses = new UnitPauses();
  pauses.ended({ ...exchange, minPauseMs: undefined, start: 0, end: 10 });
  pauses.ended({ ...exchange, minPauseMs: undefined, start: 12, end: 500, usable: false });
  assert.equal(pauses.heldUntil(1, 40), undefined);
});

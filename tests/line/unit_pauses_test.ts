import assert from "node:assert/strict";
import { UnitPauses } from "../../src/line/unit_pauses.ts";

const exchange = { unit: 1, leastPauseMs: 40, start: 0, end: 0, usable: true };

Deno.test("UnitPauses keeps a pause only once the unit has failed without it", () => {
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

Deno.test("UnitPauses keeps no pause for a unit whose model needs none", () => {
  const pauses = new UnitPauses();
  pauses.ended({ ...exchange, leastPauseMs: undefined, start: 0, end: 10 });
  pauses.ended({ ...exchange, leastPauseMs: undefined, start: 12, end: 500, usable: false });
  assert.equal(pauses.heldUntil(1, 40), undefined);
});

import assert from "node:assert/strict";
import { Heartbeat } from "../../src/everest/heartbeat.ts";

/** Which of the numbers begin a heartbeat. */
function begins(...ids: number[]): number[] {
  const heartbeat = new Heartbeat();
  return ids.filter((id) => heartbeat.isBegin(id));
}

Deno.test("the first heartbeat is a begin, and the following ones are not", () => {
  assert.deepEqual(begins(42, 43, 44), [42]);
});

Deno.test("a heartbeat that begins again is a begin, also with the same number", () => {
  assert.deepEqual(begins(7, 8, 0, 1, 2), [7, 0]);
  assert.deepEqual(begins(0, 0, 1), [0, 0]);
});

Deno.test("a heartbeat that omits numbers is a begin: a restart can be among the lost ones", () => {
  assert.deepEqual(begins(1, 2, 5, 6), [1, 5]);
});

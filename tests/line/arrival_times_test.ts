import assert from "node:assert/strict";
import { ArrivalTimes } from "../../src/line/arrival_times.ts";

/** Looks at the expected time, and sees the answer then or when it comes. @returns how much too late it was seen */
function exchange(times: ArrivalTimes, actualMs: number, { unit = 1, answerBytes = 109 } = {}): number {
  const expected = times.expectedMs(unit, answerBytes);
  const seenMs = Math.max(actualMs, expected ?? 0);
  times.took(unit, answerBytes, seenMs, expected === undefined ? undefined : expected >= actualMs);
  return seenMs - actualMs;
}

Deno.test("ArrivalTimes expects an answer when the last of its kind came, and nothing before the first", () => {
  const times = new ArrivalTimes();
  assert.equal(times.expectedMs(1, 109), undefined);
  exchange(times, 12);
  assert.equal(times.expectedMs(1, 109), 12);
  assert.equal(times.expectedMs(1, 7), undefined);
  assert.equal(times.expectedMs(2, 109), undefined);
});

Deno.test("ArrivalTimes stays within a fifth of a millisecond of a unit that answers evenly", () => {
  const times = new ArrivalTimes();
  exchange(times, 12);
  for (let round = 0; round < 500; round++) {
    assert.ok(exchange(times, 12) < 0.2);
    assert.ok((times.expectedMs(1, 109) ?? 0) > 11.8);
  }
});

Deno.test("ArrivalTimes finds back after one answer that was very slow", () => {
  const times = new ArrivalTimes();
  exchange(times, 80);
  for (let round = 0; round < 60; round++) exchange(times, 12);
  assert.ok(exchange(times, 12) < 0.3);
  // One slow answer of a unit that is known hardly moves the expectation.
  exchange(times, 80);
  assert.ok(exchange(times, 12) < 0.4);
});

Deno.test("ArrivalTimes waits for a unit that answers unevenly no longer than it mostly takes", () => {
  const times = new ArrivalTimes();
  const actual = (round: number) => 12 + (round * 7 % 10) * 0.4; // 12 to 15.6 ms
  for (let round = 0; round < 300; round++) exchange(times, actual(round));
  const expected = times.expectedMs(1, 109) ?? 0;
  assert.ok(expected > 13 && expected < 15.7, `${expected} ms`);
});

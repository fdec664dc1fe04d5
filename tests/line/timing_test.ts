import assert from "node:assert/strict";
import { bitsPerCharacter, wireTimeMs } from "../../bridge/mod.ts";
import { ArrivalTimes } from "../../src/line/arrival_times.ts";
import { readCostMs, silenceMs } from "../../src/line/mod.ts";

/** Checks at the expected time, and sees the answer then or when it arrives. @returns the delay */
function exchange(times: ArrivalTimes, actualMs: number, { unit = 1, answerBytes = 109 } = {}): number {
  const expected = times.expectedMs(unit, answerBytes);
  const seenMs = Math.max(actualMs, expected ?? 0);
  times.add(unit, answerBytes, seenMs, expected === undefined ? undefined : expected >= actualMs);
  return seenMs - actualMs;
}

Deno.test("ArrivalTimes expects an answer after the time of the last one of its kind, and nothing before the first", () => {
  const times = new ArrivalTimes();
  assert.equal(times.expectedMs(1, 109), undefined);
  exchange(times, 12);
  assert.equal(times.expectedMs(1, 109), 12);
  assert.equal(times.expectedMs(1, 7), undefined);
  assert.equal(times.expectedMs(2, 109), undefined);
});

Deno.test("ArrivalTimes stays within 0.2 ms of a unit with a constant delay", () => {
  const times = new ArrivalTimes();
  exchange(times, 12);
  for (let round = 0; round < 500; round++) {
    assert.ok(exchange(times, 12) < 0.2);
    assert.ok((times.expectedMs(1, 109) ?? 0) > 11.8);
  }
});

Deno.test("ArrivalTimes recovers after one very slow answer", () => {
  const times = new ArrivalTimes();
  exchange(times, 80);
  for (let round = 0; round < 60; round++) exchange(times, 12);
  assert.ok(exchange(times, 12) < 0.3);
  // One slow answer of a known unit hardly changes the expectation
  exchange(times, 80);
  assert.ok(exchange(times, 12) < 0.4);
});

Deno.test("ArrivalTimes waits for a unit with varying delays no longer than its usual delay", () => {
  const times = new ArrivalTimes();
  const actual = (round: number) => 12 + (round * 7 % 10) * 0.4; // 12 to 15.6 ms
  for (let round = 0; round < 300; round++) exchange(times, actual(round));
  const expected = times.expectedMs(1, 109) ?? 0;
  assert.ok(expected > 13 && expected < 15.7, `${expected} ms`);
});

Deno.test("ArrivalTimes stays near a unit that answers evenly while reads are late by as much as timers are", () => {
  const times = new ArrivalTimes();
  exchange(times, 12);
  let missed = 0;
  for (let round = 0; round < 1000; round++) {
    const readMs = (times.expectedMs(1, 109) ?? 0) + 0.2 + (round * 7 % 10) / 10;
    const whole = readMs >= 12;
    if (!whole) missed++;
    times.add(1, 109, Math.max(12, readMs), whole, false);
    assert.ok(readMs > 11.5 && readMs < 13.3, `${readMs} ms`);
  }
  assert.ok(missed < 200, `${missed} of 1000`);
});

const wire = { baudrate: 9600, parity: "none", stopBits: 1 } as const;

Deno.test("bitsPerCharacter() counts start, data, parity and stop bits", () => {
  assert.equal(bitsPerCharacter(wire), 10);
  assert.equal(bitsPerCharacter({ ...wire, parity: "even" }), 11);
  assert.equal(bitsPerCharacter({ ...wire, stopBits: 2 }), 11);
  assert.equal(bitsPerCharacter({ ...wire, parity: "odd", stopBits: 2 }), 12);
});

Deno.test("wireTimeMs() is bits by baud rate", () => {
  assert.equal(wireTimeMs(wire, 96), 100);
  assert.equal(wireTimeMs({ ...wire, baudrate: 115200 }, 1152), 100);
});

Deno.test("silenceMs() is 3.5 characters, above 19200 baud a fixed 1.75 ms", () => {
  assert.equal(silenceMs({ ...wire, baudrate: 1000 }), 35);
  assert.equal(silenceMs({ ...wire, baudrate: 19200 }), 35000 / 19200);
  assert.equal(silenceMs({ ...wire, baudrate: 38400 }), 1.75);
});

Deno.test("readCostMs() includes the bytes of request and answer, the turnaround and the silence between two frames", () => {
  // 8 bytes of request and 5 + 2 * 52 of answer, 117 in all.
  assert.equal(readCostMs(wire, 52, 5), 117 * 10 * 1000 / 9600 + 5 + 35000 / 9600);
  assert.equal(readCostMs({ ...wire, baudrate: 115200 }, 52, 2), 117 * 10 * 1000 / 115200 + 2 + 1.75);
});

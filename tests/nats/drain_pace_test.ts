import assert from "node:assert/strict";
import { DrainPace } from "../../src/nats/drain_pace.ts";

/** Readings per second of a backlog whose batches take `tookMs`. */
function rate(pace: DrainPace, tookMs: number): number {
  const { portion } = pace;
  return 1000 * portion / (tookMs + pace.acknowledged(tookMs));
}

Deno.test("DrainPace allows 200 readings a second while acknowledgements are fast", () => {
  const pace = new DrainPace();
  for (const tookMs of [5, 50, 100]) assert.equal(rate(pace, tookMs), 200);
});

Deno.test("DrainPace slows down while acknowledgements are slow, and recovers", () => {
  const pace = new DrainPace();
  const rates = Array.from({ length: 6 }, () => rate(pace, 1_000));
  assert.deepEqual(rates, [10, 5, 2.5, 1, 0.5, 0.5]);
  assert.equal(pace.portion, 1);
  for (let portion = 0; portion < 10; portion++) rate(pace, 20);
  assert.equal(rate(pace, 20), 200);
});

Deno.test("DrainPace slows down when a batch is refused", () => {
  const pace = new DrainPace();
  pace.failed();
  assert.equal(rate(pace, 20), 100);
});

Deno.test("DrainPace does not slow down because of a long round trip to the server", () => {
  const pace = new DrainPace();
  pace.begin(600);
  for (let portion = 0; portion < 5; portion++) assert.equal(Math.round(rate(pace, 700)), 29);
});

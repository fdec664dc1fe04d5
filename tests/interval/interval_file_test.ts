import assert from "node:assert/strict";
import { minuteMs } from "../../src/base/time.ts";
import { IntervalFile, type StateChange } from "../../src/interval/interval_file.ts";
import { interval, quarterMs, startMs } from "./samples.ts";

/** The interval with this number after the start. */
function nth(number: number, more: Partial<typeof interval> = {}) {
  const fromMs = startMs + number * quarterMs;
  return { ...interval, startMs: fromMs, endMs: fromMs + quarterMs, ...more };
}

/** A change without slots. */
function change(more: Partial<StateChange>): StateChange {
  return {
    meter: "evse-1",
    lengthMs: quarterMs,
    origin: undefined,
    revision: 1,
    slots: [],
    neededFromMs: startMs,
    intervals: [],
    ...more,
  };
}

/** Where the first interval that can change begins. */
function originAt(atMs: number): StateChange["origin"] {
  return { meterId: "A.2024", atMs, importWh: 1, isInterpolated: false };
}

/** The shortest of several runs in milliseconds. */
function shortestMs(work: (run: number) => void): number {
  return Math.min(...Array.from({ length: 20 }, (_, run) => {
    const startedMs = performance.now();
    work(run);
    return performance.now() - startedMs;
  }));
}

Deno.test("a save does not take longer if many intervals wait", () => {
  const [few, many] = [new IntervalFile(undefined, 256_000_000), new IntervalFile(undefined, 256_000_000)];
  many.save(change({ intervals: Array.from({ length: 30_000 }, (_, index) => nth(index)) }));
  const saveMs = (file: IntervalFile) =>
    shortestMs((run) => file.save(change({ meter: "evse-2", origin: originAt(startMs + run * minuteMs) })));
  const [shortMs, longMs] = [saveMs(few), saveMs(many)];
  assert.ok(longMs < 10 * shortMs, `${longMs} ms with 30,000 intervals, ${shortMs} ms with none`);
  for (const file of [few, many]) file.close();
});

Deno.test("a search for the intervals that wait does not read those of the excluded meters", () => {
  const [few, many] = [1, 30_000].map((length) => {
    const file = new IntervalFile(undefined, 256_000_000);
    file.save(change({ intervals: Array.from({ length }, (_, index) => nth(index)) }));
    for (const meter of ["evse-3", "evse-2"]) file.save(change({ meter, intervals: [nth(0), nth(1)] }));
    return file;
  });
  assert.ok(few !== undefined && many !== undefined);
  assert.deepEqual(many.waiting(3, ["evse-1"]).map(({ meter }) => meter), ["evse-3", "evse-3", "evse-2"]);
  assert.deepEqual(many.waiting(9, ["evse-1", "evse-3"]).map(({ interval }) => interval), [nth(0), nth(1)]);
  const waitingMs = (file: IntervalFile) => shortestMs(() => file.waiting(9, ["evse-1"]));
  const [shortMs, longMs] = [waitingMs(few), waitingMs(many)];
  assert.ok(longMs < 10 * shortMs, `${longMs} ms with 30,000 intervals, ${shortMs} ms with one`);
  for (const file of [few, many]) file.close();
});

Deno.test("the state has the intervals since its origin, without those that were replaced", () => {
  const file = new IntervalFile(undefined, 256_000_000);
  const intervals = [nth(0), nth(1), nth(2), nth(3), nth(2, { revision: 2 }), nth(4)];
  file.save(change({ origin: originAt(nth(1).startMs), intervals }));
  const published = file.state("evse-1")?.published;
  assert.deepEqual(published, [nth(1), nth(2, { revision: 2 }), nth(3), nth(4)]);
  file.close();
});

Deno.test("a published interval stays until the origin is after it", () => {
  const file = new IntervalFile(undefined, 256_000_000);
  file.save(change({ intervals: [nth(0), nth(1)] }));
  for (const each of file.waiting(10, [])) file.published(each);
  const revisions = () => file.state("evse-1")?.published.map((each) => each.startMs);
  // No slot is before the third interval, because the meter was away
  file.save(change({ origin: originAt(nth(0).startMs), neededFromMs: nth(2).startMs }));
  assert.deepEqual(revisions(), [nth(0).startMs, nth(1).startMs]);
  file.save(change({ origin: originAt(nth(1).startMs), neededFromMs: nth(2).startMs }));
  file.save(change({ origin: undefined, neededFromMs: nth(2).startMs }));
  assert.deepEqual(revisions(), [nth(1).startMs]);
  file.close();
});

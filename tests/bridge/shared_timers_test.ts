import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import { SharedTimers } from "../../bridge/shared_timers.ts";

/** Timers that a test ends. */
class Bench {
  nowMs = 1_000;
  readonly set: { readonly ms: number; readonly call: () => void }[] = [];
  readonly timers = new SharedTimers({
    mono: () => this.nowMs,
    sleep: (ms) => new Promise((call) => void this.set.push({ ms, call })),
  });
}

Deno.test("waits that end within the same 10 ms share a timer, in any order", async () => {
  const bench = new Bench();
  const ended: string[] = [];
  const wait = (name: string, atMs: number) => void bench.timers.at(atMs).then(() => ended.push(name));
  bench.nowMs = 1_000.5;
  wait("first", 1_010.5);
  wait("later", 1_020);
  wait("earlier", 1_010.2);
  wait("too early", 1_010);
  wait("too late", 1_020.1);
  assert.deepEqual(bench.set.map(({ ms }) => ms), [20, 10, 30]);
  bench.set[0]?.call();
  await setImmediate();
  assert.deepEqual(ended, ["first", "later", "earlier"]);
});

Deno.test("a wait that ends now has a timer without a negative delay", () => {
  const bench = new Bench();
  bench.nowMs = 1_000.5;
  void bench.timers.at(1_000);
  assert.deepEqual(bench.set.map(({ ms }) => ms), [0]);
});

Deno.test("a wait does not share a timer that has ended", async () => {
  const bench = new Bench();
  const first = bench.timers.at(1_010);
  bench.set[0]?.call();
  await first;
  void bench.timers.at(1_010);
  assert.equal(bench.set.length, 2);
});

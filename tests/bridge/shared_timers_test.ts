import assert from "node:assert/strict";
import { SharedTimers } from "../../bridge/shared_timers.ts";

/** Timers that a test ends. */
class Bench {
  nowMs = 1_000;
  readonly set: { readonly ms: number; readonly call: () => void }[] = [];
  readonly timers = new SharedTimers({
    mono: () => this.nowMs,
    later: (ms, call) => void this.set.push({ ms, call }),
  });
}

Deno.test("waits that end within 10 ms share the timer that ends first of those that end late enough", async () => {
  const bench = new Bench();
  const ended: string[] = [];
  const wait = (name: string, atMs: number) => void bench.timers.at(atMs).then(() => ended.push(name));
  wait("first", 1_010.5);
  wait("same", 1_010.5);
  wait("a little earlier", 1_000.5);
  wait("too early", 1_000.4);
  wait("later", 1_010.6);
  assert.deepEqual(bench.set.map(({ ms }) => ms), [10, 0, 10]);
  bench.set[0]?.call();
  await Promise.resolve();
  assert.deepEqual(ended, ["first", "same", "a little earlier"]);
});

Deno.test("a wait does not share a timer that has ended", async () => {
  const bench = new Bench();
  const first = bench.timers.at(1_010);
  bench.set[0]?.call();
  await first;
  void bench.timers.at(1_010);
  assert.equal(bench.set.length, 2);
});

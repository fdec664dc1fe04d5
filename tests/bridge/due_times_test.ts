import assert from "node:assert/strict";
import { DueTimes } from "../../bridge/due_times.ts";

/** A machine with timers that are `lateMs` too late; its time passes only in timers and blocks. */
class Machine {
  now = 1000;
  readonly blocks: number[] = [];
  readonly timers: { atMs: number; call: () => void }[] = [];
  readonly afterReady: (() => void)[] = [];
  readonly times: DueTimes;
  /** The longest block between two turns of the event loop. */
  maxBlockedMs = 0;
  #blockedMs = 0;

  constructor(lateMs: number) {
    this.times = new DueTimes({
      mono: () => this.now,
      block: (ms) => {
        this.blocks.push(ms);
        this.now += ms;
        this.#blockedMs += ms;
        this.maxBlockedMs = Math.max(this.maxBlockedMs, this.#blockedMs);
      },
      later: (ms, call) => {
        const timer = { atMs: this.now + ms + lateMs, call };
        this.timers.push(timer);
        return () => void this.timers.splice(this.timers.indexOf(timer), 1);
      },
      afterReady: (call) => void this.afterReady.push(call),
    });
  }

  /** Runs the event loop until no work is left. */
  async run(): Promise<void> {
    for (let turns = 0; this.timers.length + this.afterReady.length > 0; turns++) {
      assert.ok(turns < 1000);
      const next = this.afterReady.shift();
      if (next !== undefined) next();
      else {
        this.timers.sort((one, other) => one.atMs - other.atMs);
        const timer = this.timers.shift();
        this.now = Math.max(this.now, timer?.atMs ?? 0);
        this.#blockedMs = 0;
        timer?.call();
      }
      await Promise.resolve();
    }
  }
}

Deno.test("DueTimes.at() is exact even if timers are late, because it blocks at the end of a wait", async () => {
  for (const lateMs of [0.2, 0.7, 1.2]) {
    const machine = new Machine(lateMs);
    let wokenAt = 0;
    void machine.times.at(1012.5)?.then(() => wokenAt = machine.now);
    await machine.run();
    assert.equal(wokenAt, 1012.5);
    assert.ok(machine.blocks.every((ms) => ms < 1.5), `${machine.blocks}`);
  }
});

Deno.test("DueTimes.at() blocks for a short time after all ready work has run", async () => {
  const machine = new Machine(1);
  void machine.times.at(1010);
  await machine.run();
  const rested = machine.times.at(machine.now + 1.75);
  assert.equal(machine.now, 1010);
  let ready = false;
  void Promise.resolve().then(() => ready = true);
  void rested?.then(() => assert.ok(ready));
  await Promise.resolve();
  await machine.run();
  assert.equal(machine.timers.length, 0);
  assert.equal(machine.now, 1011.75);
  assert.equal(machine.times.at(machine.now - 3), undefined);
});

Deno.test("DueTimes wakes all waits in order, each at its own time", async () => {
  const machine = new Machine(0.9);
  const woken: number[] = [];
  const times = [1031, 1005.25, 1006, 1005.5, 1017, 1005.75, 1300];
  for (const atMs of times) {
    void machine.times.at(atMs)?.then(() => {
      assert.ok(machine.now >= atMs && machine.now <= atMs + 0.25, `${atMs} at ${machine.now}`);
      woken.push(atMs);
    });
  }
  await machine.run();
  assert.deepEqual(woken, times.toSorted((one, other) => one - other));
});

Deno.test("DueTimes lets the event loop run, even if many times are due", async () => {
  const machine = new Machine(1);
  const rounds = 20;
  const lines = Array.from({ length: 64 }, async (_, line) => {
    for (let round = 0; round < rounds; round++) await machine.times.at(machine.now + 1.75 + line / 100);
  });
  await Promise.all([machine.run(), ...lines]);
  assert.ok(machine.now >= 1000 + rounds * 1.75);
  assert.ok(machine.maxBlockedMs > 0 && machine.maxBlockedMs <= 10, `${machine.maxBlockedMs} ms`);
});

Deno.test("DueTimes wakes in time if an earlier time is added after a later one", async () => {
  const machine = new Machine(0.5);
  const woken: number[] = [];
  void machine.times.at(1200)?.then(() => woken.push(machine.now));
  void machine.times.at(1004)?.then(() => woken.push(machine.now));
  await machine.run();
  assert.deepEqual(woken, [1004, 1200]);
});

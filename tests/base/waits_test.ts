import assert from "node:assert/strict";
import { aborted, LinkedAbort, repeatedly, within } from "../../src/base/waits.ts";
import { Waiters } from "../../src/base/waiters.ts";
import { FakeTime } from "../support/fake_time.ts";

Deno.test("aborted() resolves when a signal is aborted, also if it is already", async () => {
  const controller = new AbortController();
  const waiting = aborted(controller.signal);
  controller.abort();
  await waiting;
  await aborted(controller.signal);
});

Deno.test("within() waits for work, and no longer than its limit", async () => {
  const time = new FakeTime();
  const beganMs = time.mono();
  await time.run(within(time.sleep(20), 100, time));
  assert.equal(time.mono() - beganMs, 20);
  await time.run(within(new Promise(() => {}), 100, time));
  assert.equal(time.mono() - beganMs, 120);
});

Deno.test("repeatedly() runs work after each pause until it is stopped", async () => {
  const time = new FakeTime();
  const stop = new AbortController();
  const atMs: number[] = [];
  const beganMs = time.mono();
  const work = () => {
    atMs.push(time.mono() - beganMs);
    if (atMs.length === 3) stop.abort();
  };
  await time.run(repeatedly(work, () => 10 * (atMs.length + 1), { time, signal: stop.signal }));
  assert.deepEqual(atMs, [10, 30, 60]);
});

Deno.test("LinkedAbort is aborted with its parent, and alone without it", () => {
  const parent = new AbortController();
  const linked = new LinkedAbort(parent.signal);
  const alone = new LinkedAbort(parent.signal);
  alone.abort();
  assert.deepEqual([parent.signal.aborted, alone.signal.aborted, linked.signal.aborted], [false, true, false]);
  parent.abort();
  assert.ok(linked.signal.aborted);
  assert.ok(new LinkedAbort(parent.signal).signal.aborted);
});

Deno.test("LinkedAbort that is disposed leaves no listener on its parent", () => {
  const parent = new AbortController();
  const counts = { added: 0, removed: 0 };
  const { signal } = parent;
  const { addEventListener, removeEventListener } = signal;
  signal.addEventListener = (...args: Parameters<typeof addEventListener>) => {
    counts.added++;
    addEventListener.apply(signal, args);
  };
  signal.removeEventListener = (...args: Parameters<typeof removeEventListener>) => {
    counts.removed++;
    removeEventListener.apply(signal, args);
  };
  let ended: AbortSignal;
  {
    using linked = new LinkedAbort(signal);
    ended = linked.signal;
  }
  assert.ok(ended.aborted && !signal.aborted);
  assert.deepEqual(counts, { added: 1, removed: 1 });
});

Deno.test("Waiters.waitWhile() returns at once when its signal is aborted already", async () => {
  const time = new FakeTime();
  const beganMs = time.mono();
  const limits = { withinMs: 1_000, time, signal: AbortSignal.abort() };
  await time.run(new Waiters().waitWhile(() => true, limits));
  assert.equal(time.mono(), beganMs);
});

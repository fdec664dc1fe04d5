import assert from "node:assert/strict";
import { Inbox } from "../../src/nats/inbox.ts";
import { FakeTime } from "../support/fake_time.ts";

/** An inbox whose items take a millisecond each. */
class SlowHandler {
  readonly handled: number[] = [];
  readonly time = new FakeTime();
  readonly inbox: Inbox<number>;
  #workedMs = 0;

  constructor(capacityBytes?: number) {
    const { time } = this;
    const workedTime = {
      now: () => time.now(),
      mono: () => time.mono() + this.#workedMs,
      sleep: (ms: number, signal?: AbortSignal) => time.sleep(ms, signal),
    };
    this.inbox = new Inbox<number>(
      (item) => {
        this.handled.push(item);
        this.#workedMs++;
      },
      workedTime,
      capacityBytes,
    );
  }

  add(from: number, to: number, dataBytes = 0): boolean[] {
    return Array.from({ length: to - from + 1 }, (_, place) => this.inbox.add(from + place, dataBytes));
  }
}

Deno.test("Inbox handles an item at once while there is time", () => {
  const { inbox, handled } = new SlowHandler();
  assert.equal(inbox.add(1, 10), true);
  assert.deepEqual(handled, [1]);
});

Deno.test("Inbox lets timers run after every few milliseconds of work, and keeps the order of arrival", async () => {
  const slow = new SlowHandler();
  slow.add(1, 12);
  assert.equal(slow.handled.length, 5);
  await slow.time.advance(0);
  slow.add(13, 13);
  await slow.inbox.emptied();
  assert.deepEqual(slow.handled, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]);
  await slow.time.advance(0);
  assert.equal(slow.time.sleeping, 0);
});

Deno.test("Inbox accepts no more items than it has room for", async () => {
  const slow = new SlowHandler(10_000);
  slow.add(1, 5);
  assert.deepEqual(slow.add(6, 8, 4_000), [true, true, false]);
  await slow.time.advance(0);
  assert.deepEqual(slow.handled, [1, 2, 3, 4, 5, 6, 7]);
  await slow.time.advance(0);
  assert.deepEqual(slow.add(9, 9, 4_000), [true]);
});

Deno.test("Inbox counts an answer right after an item as work", async () => {
  const time = new FakeTime();
  let [workedMs, turns, handled] = [0, 0, 0];
  const inbox = new Inbox<number>(
    (ms) => {
      handled++;
      void Promise.resolve().then(() => workedMs += ms);
    },
    {
      now: () => time.now(),
      mono: () => time.mono() + workedMs,
      sleep: (ms, signal) => {
        turns++;
        return time.sleep(ms, signal);
      },
    },
  );
  inbox.add(5, 0);
  await Promise.resolve();
  for (let n = 0; n < 15; n++) inbox.add(1, 0);
  assert.equal(handled, 1);
  await time.advance(0);
  assert.deepEqual([handled, turns], [16, 3]);
});

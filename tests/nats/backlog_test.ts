import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import { silentLog } from "../../src/base/log.ts";
import type { Time } from "../../src/base/time.ts";
import { Backlog } from "../../src/nats/backlog.ts";
import { Subjects } from "../../src/base/subjects.ts";
import type { WaitingReading } from "../../src/spool/mod.ts";
import { startNatsServer } from "../support/nats_server.ts";
import { newClient } from "./setup.ts";

/** A clock that only the test advances. Pauses end at once and are recorded; an idle pause does not end. */
class CountingTime implements Time {
  readonly pauses: number[] = [];
  #monoMs = 0;

  now(): number {
    return 0;
  }

  mono(): number {
    return this.#monoMs;
  }

  move(ms: number): void {
    this.#monoMs += ms;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.resolve();
    if (ms === idleMs) return new Promise((resolve) => signal?.addEventListener("abort", () => resolve()));
    this.pauses.push(ms);
    return setImmediate();
  }
}

const idleMs = 5_000;

Deno.test("Backlog sends smaller batches with longer pauses while acknowledgements are slow", async () => {
  await using server = await startNatsServer({ jetstream: false });
  await using connection = await newClient(server.address);
  await using stream = await newClient(server.address);
  const time = new CountingTime();
  // A stream that needs 50 ms for each reading
  stream.subscribe("wattseal.berlin-01.*.reading", {
    callback: (_error, message) => {
      time.move(50);
      message.respond('{"stream":"SLOW","seq":1}');
    },
  });
  await stream.flush();
  let waiting: WaitingReading[] = Array.from({ length: 60 }, (_, seq) => ({
    seq,
    meter: "evse-1",
    messageId: `${seq}`,
    takenAtMs: seq,
    payload: "{}",
  }));
  const portions: number[] = [];
  let isReady = true;
  const empty = Promise.withResolvers<void>();
  const backlog = new Backlog({
    spool: {
      get size() {
        return waiting.length;
      },
      oldest: (limit) => {
        assert.ok(isReady);
        const readings = waiting.slice(0, limit);
        if (readings.length > 0) portions.push(readings.length);
        return readings;
      },
      remove: (readings) => {
        waiting = waiting.filter((reading) => !readings.includes(reading));
        if (waiting.length === 0) empty.resolve();
        return true;
      },
      ready: async () => {
        isReady = false;
        await setImmediate();
        isReady = true;
      },
      countLost: () => assert.fail("no reading is refused"),
    },
    subjects: new Subjects("wattseal", "berlin-01"),
    live: () => connection,
    target: () => ({ state: "found", stream: { stream: "SLOW", domain: undefined }, mayNotExist: false }),
    acknowledgedBy: () => undefined,
    plain: { carry: () => assert.fail("a stream holds readings") },
    ensureStreams: () => assert.fail("the stream is there"),
    random: () => 0,
  }, { log: silentLog, time });
  backlog.start();
  backlog.resume();
  await empty.promise;
  assert.deepEqual(portions, [20, 10, 5, 2, 4, 6, 3, 5, 2, 3]);
  await backlog.close(idleMs + 1);
  const longest = time.pauses.filter((ms) => ms >= 250).slice(0, 3);
  assert.deepEqual(longest, [1_000, 500, 250], "the first pauses are as long as the batches");
});

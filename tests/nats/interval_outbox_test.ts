import assert from "node:assert/strict";
import { nanos, type NatsConnection } from "nats";
import { hourMs } from "../../src/base/time.ts";
import type { IntervalQueue, RevisedInterval, WaitingInterval } from "../../src/interval/mod.ts";
import { Subjects } from "../../src/contract/mod.ts";
import { silentLog } from "../../src/base/log.ts";
import { IntervalOutbox } from "../../src/nats/interval_outbox.ts";
import { neededRights } from "../../src/nats/mod.ts";
import { interval, quarterMs } from "../interval/samples.ts";
import { FakeTime } from "../support/fake_time.ts";
import { startNatsServer } from "../support/nats_server.ts";
import { Logged } from "./logged.ts";
import { defaultStreams, newClient, newNode } from "./setup.ts";

const stream = "WATTSEAL_INTERVALS";
const options = { streams: { ...defaultStreams, intervals: { enabled: true, replicas: 1, maxAgeDays: 400 } } };

/** Intervals that wait, in memory; a test can await that none is left. */
class Queue implements IntervalQueue {
  readonly problems = { dropped: undefined, failed: undefined };
  readonly #waiting = new Map<number, WaitingInterval>();
  readonly #empty = Promise.withResolvers<void>();
  canSync = true;

  constructor(...meters: readonly string[]) {
    for (const meter of meters) this.add(meter, interval);
  }

  /** Resolves when the first time no interval waits. */
  get empty(): Promise<void> {
    return this.#empty.promise;
  }

  get left(): string[] {
    return [...this.#waiting.values()].map(({ meter }) => meter);
  }

  add(meter: string, added: RevisedInterval): void {
    const seq = this.#waiting.size + 1;
    this.#waiting.set(seq, { seq, meter, lengthMs: quarterMs, interval: added });
  }

  waiting(limit: number, except: readonly string[]): WaitingInterval[] {
    return [...this.#waiting.values()].filter(({ meter }) => !except.includes(meter)).slice(0, limit);
  }

  synced(): Promise<boolean> {
    return Promise.resolve(this.canSync);
  }

  published({ seq }: WaitingInterval): boolean {
    this.#waiting.delete(seq);
    if (this.#waiting.size === 0) this.#empty.resolve();
    return true;
  }
}

/** An outbox of a process without a connection. */
function passiveOutbox(queue: IntervalQueue, time: FakeTime): IntervalOutbox {
  return new IntervalOutbox({
    subjects: new Subjects("wattseal", "berlin-01"),
    domain: undefined,
    queue,
    live: () => undefined,
    isPassive: () => true,
    lookup: () => ({ state: "unknown" }),
    ensureStreams: () => Promise.resolve(),
  }, { log: silentLog, time });
}

/** The subjects and ids of the stored intervals. */
async function stored(client: NatsConnection): Promise<string[]> {
  const manager = await client.jetstreamManager();
  const { state } = await manager.streams.info(stream);
  return await Promise.all(Array.from({ length: state.messages }, async (_, index) => {
    const message = await manager.streams.getMessage(stream, { seq: state.first_seq + index });
    return `${message.subject} ${message.header.get("Nats-Msg-Id")}`;
  }));
}

Deno.test("intervals are stored in a stream of their own, in order, with one id for each revision", async () => {
  await using server = await startNatsServer();
  const client = await newClient(server.address);
  const queue = new Queue("evse-1");
  queue.add("evse-1", { ...interval, revision: 2 });
  await using node = newNode({ address: server.address, options, intervals: queue });
  node.start();
  await queue.empty;
  const id = "berlin-01:evse-1:interval:2026-01-31T08:00:00.000Z/2026-01-31T08:15:00.000Z";
  assert.deepEqual(await stored(client), [
    `wattseal.berlin-01.evse-1.interval ${id}:1`,
    `wattseal.berlin-01.evse-1.interval ${id}:2`,
  ]);
  const { config } = await (await client.jetstreamManager()).streams.info(stream);
  assert.deepEqual([config.subjects, config.max_age, config.duplicate_window], [
    ["wattseal.*.*.interval"],
    nanos(400 * 24 * hourMs),
    nanos(hourMs),
  ]);
  await client.close();
});

Deno.test("without a meter with intervals there is no stream for them, and no need for a permission", async () => {
  const { publish, subscribe } = neededRights("node", {
    prefix: "wattseal",
    site: "berlin-01",
    inboxPrefix: "_INBOX",
    creates: ["ocmf", "readings", "state"],
  });
  const allow = JSON.stringify(publish.filter((subject) => !subject.includes("INTERVALS")));
  await using server = await startNatsServer({
    config: `authorization { users: [
      { user: node, password: a, permissions: { publish: { allow: ${allow} }, subscribe: { allow: ${
      JSON.stringify(subscribe)
    } }, allow_responses: true } }
      { user: administrator, password: b }
    ] }`,
  });
  await using node = newNode({ address: server.address, options: { user: "node", password: "a" } });
  node.start();
  await node.connected;
  assert.deepEqual(node.problems, []);
  const client = await newClient(server.address, { user: "administrator", pass: "b" });
  await assert.rejects((await client.jetstreamManager()).streams.info(stream), /stream not found/);
  await client.close();
});

Deno.test("intervals wait for their stream, and those of other meters do not wait for a refused one", async () => {
  await using server = await startNatsServer();
  const client = await newClient(server.address);
  const log = new Logged();
  const queue = new Queue("evse-1", "evse-2", "evse-1");
  const manager = await client.jetstreamManager();
  await manager.streams.add({ name: stream, subjects: ["wattseal.*.evse-2.interval", "wattseal.*.evse-1.interval"] });
  await manager.streams.update(stream, {
    subjects: ["wattseal.*.*.interval"],
    max_msg_size: 700,
  });
  const long = { ...interval, parts: Array(10).fill(interval.parts[0]) };
  queue.add("evse-3", long);
  queue.add("evse-4", interval);
  await using node = newNode({ address: server.address, options, intervals: queue, log });
  node.start();
  await log.seen(/warn Cannot deliver intervals; they stay in the state folder; retrying/);
  assert.deepEqual(queue.left, ["evse-3"]);
  await manager.streams.update(stream, { max_msg_size: -1 });
  node.wakeIntervals();
  await queue.empty;
  await log.seen(/info Intervals are delivered again/);
  await client.close();
});

Deno.test("intervals whose subjects are in no stream do not delay those of other meters", async () => {
  await using server = await startNatsServer();
  const client = await newClient(server.address);
  const left = ["evse-2", "evse-3", "evse-4", "evse-5"];
  const queue = new Queue(...left, "evse-1");
  const manager = await client.jetstreamManager();
  await manager.streams.add({ name: stream, subjects: ["wattseal.berlin-01.evse-1.interval"] });
  await using node = newNode({ address: server.address, options, intervals: queue });
  const delivered = queue.published.bind(queue);
  const { promise, resolve } = Promise.withResolvers<string>();
  queue.published = (waiting) => {
    resolve(waiting.meter);
    return delivered(waiting);
  };
  node.start();
  assert.equal(await promise, "evse-1");
  assert.deepEqual(queue.left, left);
  await manager.streams.update(stream, { subjects: ["wattseal.*.*.interval"] });
  node.wakeIntervals();
  await queue.empty;
  await client.close();
});

Deno.test("an interval is published only when it is on the disk", async () => {
  await using server = await startNatsServer();
  const client = await newClient(server.address);
  const log = new Logged();
  const queue = new Queue("evse-1");
  queue.canSync = false;
  await using node = newNode({ address: server.address, options, intervals: queue, log });
  node.start();
  await log.seen(/warn Cannot deliver intervals; .*cannot be written to the disk/);
  assert.deepEqual(await stored(client), []);
  queue.canSync = true;
  node.wakeIntervals();
  await queue.empty;
  assert.equal((await stored(client)).length, 1);
  await client.close();
});

Deno.test("an interval that cannot be made a message does not delay those of other meters", async () => {
  await using server = await startNatsServer();
  const log = new Logged();
  const queue = new Queue();
  queue.add("evse-1", { ...interval, startMs: NaN });
  queue.add("evse-2", interval);
  await using node = newNode({ address: server.address, options, intervals: queue, log });
  node.start();
  await log.seen(/warn Cannot deliver intervals; .*an interval of evse-1 cannot be made a message/);
  assert.deepEqual(queue.left, ["evse-1"]);
});

Deno.test("intervals that were published before the acknowledgement was noted are stored once", async () => {
  await using server = await startNatsServer();
  const client = await newClient(server.address);
  for (let run = 0; run < 2; run++) {
    const queue = new Queue("evse-1");
    const node = newNode({ address: server.address, options, intervals: queue });
    node.start();
    await queue.empty;
    await node.close();
  }
  assert.equal((await stored(client)).length, 1);
  await client.close();
});

Deno.test("while another process serves the meters, only the intervals of the last hour wait", async () => {
  const time = new FakeTime(interval.endMs);
  const queue = new Queue("evse-1");
  queue.add("evse-2", { ...interval, endMs: interval.endMs + hourMs / 2 });
  const outbox = passiveOutbox(queue, time);
  outbox.start();
  await time.advance(hourMs);
  assert.deepEqual(queue.left, ["evse-1", "evse-2"]);
  await time.advance(hourMs / 2);
  assert.deepEqual(queue.left, ["evse-2"]);
  await time.run(outbox.close(1_000));
});

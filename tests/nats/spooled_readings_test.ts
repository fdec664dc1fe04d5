import assert from "node:assert/strict";
import { DiscardPolicy, type NatsConnection } from "nats";
import { systemTime } from "../../src/base/time.ts";
import { openSpool, type Spool } from "../../src/spool/mod.ts";
import { startNatsServer } from "../support/nats_server.ts";
import { freeAddress } from "../support/own_address.ts";
import { TcpProxy } from "../support/tcp_proxy.ts";
import { FakeServedMeter } from "./fakes.ts";
import { Logged } from "./logged.ts";
import { defaultStreams, newClient, newNode } from "./setup.ts";
import {
  at,
  type KeptReading,
  keptReadings,
  memorySpool,
  spoolIsEmpty,
  stamp,
  stamps,
  subjectOf,
} from "./timed_readings.ts";

const subject = subjectOf("evse-1");

/** The readings of one meter in the stream, in order. */
async function kept(client: NatsConnection): Promise<KeptReading[]> {
  const all = await keptReadings(client);
  for (const reading of all) assert.equal(reading.subject, subject);
  return all;
}

Deno.test("NatsNode spools readings while NATS is not reachable and publishes them in order with their own time and id", async () => {
  await using server = await startNatsServer();
  const log = new Logged();
  using spool = memorySpool(log);
  await using node = newNode({ address: server.address, spool, log });
  node.start();
  await node.connected;
  node.publishReading("evse-1", at(0));
  const away = log.next(/The NATS connection is lost/);
  await server.stop();
  await away;
  for (const second of [1, 3, 2]) node.publishReading("evse-1", at(second));
  assert.ok(spool.size >= 3);
  const done = log.next(spoolIsEmpty);
  await server.restart();
  await done;
  node.publishReading("evse-1", at(4));
  await using client = await newClient(server.address);
  await client.request("wattseal.berlin-01.evse-1.status.get");
  const all = await kept(client);
  assert.deepEqual(all.map(({ timestamp }) => timestamp), stamps(0, 5));
  assert.deepEqual(all.map(({ messageId }) => messageId), stamps(0, 5).map((text) => `BY1234567.2024:${text}`));
  assert.deepEqual([spool.size, spool.dropped], [0, 0]);
});

Deno.test("NatsNode loses no reading when the server is killed and restarted repeatedly", async () => {
  await using server = await startNatsServer();
  const log = new Logged();
  using spool = memorySpool(log);
  await using node = newNode({ address: server.address, spool, log });
  node.start();
  await node.connected;
  let second = 0;
  const publishing = new AbortController();
  const meter = (async () => {
    for (; !publishing.signal.aborted; second++) {
      node.publishReading("evse-1", at(second));
      await systemTime.sleep(5, publishing.signal);
    }
  })();
  for (let round = 0; round < 3; round++) {
    const back = log.next(/Connected to NATS again/);
    const done = log.next(spoolIsEmpty);
    await server.stop("SIGKILL");
    await server.restart();
    await back;
    await done;
  }
  publishing.abort();
  await meter;
  await using client = await newClient(server.address);
  await client.request("wattseal.berlin-01.evse-1.status.get");
  const all = (await kept(client)).map(({ timestamp }) => timestamp);
  assert.deepEqual([...new Set(all)].sort(), stamps(0, second));
  assert.equal(all.length, second, "the message id identifies a duplicate");
  assert.equal(spool.dropped, 0);
});

Deno.test("NatsNode publishes readings again that were sent on a dead connection", async () => {
  await using server = await startNatsServer();
  await using link = new TcpProxy(server.address);
  const log = new Logged();
  using spool = memorySpool(log);
  await using node = newNode({ address: link.address, spool, log });
  node.start();
  await node.connected;
  node.publishReading("evse-1", at(0));
  await using client = await newClient(server.address);
  await client.request("wattseal.berlin-01.evse-1.status.get");
  const swallowed = link.goDeaf();
  for (const second of [1, 2, 3]) node.publishReading("evse-1", at(second));
  const done = log.next(spoolIsEmpty);
  await swallowed;
  const away = log.next(/The NATS connection is lost/);
  link.cut();
  await away;
  assert.ok(spool.size >= 3, `${spool.size} readings wait`);
  await done;
  assert.deepEqual((await kept(client)).map(({ timestamp }) => timestamp), stamps(0, 4));
});

Deno.test("NatsNode.close leaves unconfirmed readings in the spool", async () => {
  await using server = await startNatsServer();
  await using link = new TcpProxy(server.address);
  using spool = memorySpool(new Logged());
  const node = newNode({ address: link.address, spool });
  node.start();
  await node.connected;
  link.goDeaf();
  node.publishReading("evse-1", at(0));
  await node.close();
  assert.deepEqual(spool.oldest(9).map(({ messageId }) => messageId), [`BY1234567.2024:${stamp(0)}`]);
});

Deno.test("NatsNode sends live readings before the backlog, which is limited to 200 readings a second", async () => {
  await using server = await startNatsServer();
  await using client = await newClient(server.address);
  const log = new Logged();
  using spool = memorySpool(log);
  await using node = newNode({ address: server.address, spool, log });
  const count = 300;
  for (let second = 0; second < count; second++) node.publishReading("evse-1", at(second));
  assert.equal(spool.size, count);
  const got: { stamp: string; atMs: number }[] = [];
  const all = Promise.withResolvers<void>();
  client.subscribe(subject, {
    callback: (_error, message) => {
      got.push({ stamp: message.json<{ timestamp: string }>().timestamp, atMs: performance.now() });
      if (got.length === 10) node.publishReading("evse-1", at(1_000));
      if (got.length === count + 1) all.resolve();
    },
  });
  await client.flush();
  node.start();
  await all.promise;
  const live = got.findIndex(({ stamp: text }) => text === stamp(1_000));
  assert.ok(live > 0 && live <= 60, `the live reading arrived as number ${live}`);
  const backlog = got.toSpliced(live, 1);
  assert.deepEqual(backlog.map(({ stamp: text }) => text), stamps(0, count));
  // There are 14 pauses between 15 batches; on a busy machine the first batch arrives late
  const tookMs = (backlog.at(-1)?.atMs ?? 0) - (backlog[0]?.atMs ?? 0);
  assert.ok(tookMs >= 14 * 100 / 2, `${count} readings arrived within ${tookMs} ms`);
});

Deno.test("NatsNode publishes the backlog if no stream is configured and none stores readings", async () => {
  await using server = await startNatsServer();
  await using client = await newClient(server.address);
  const log = new Logged();
  using spool = memorySpool(log);
  const streams = { ...defaultStreams, readings: { ...defaultStreams.readings, enabled: false } };
  await using node = newNode({ address: server.address, spool, log, options: { streams } });
  for (let second = 0; second < 30; second++) node.publishReading("evse-1", at(second));
  const got: string[] = [];
  client.subscribe(subject, { callback: (_error, message) => got.push(message.json<KeptReading>().timestamp) });
  await client.flush();
  node.start();
  await log.seen(spoolIsEmpty);
  await client.flush();
  assert.deepEqual(got, stamps(0, 30));
});

Deno.test("NatsNode waits for the acknowledgement of a stream with another name", async () => {
  await using server = await startNatsServer();
  await using client = await newClient(server.address);
  const manager = await client.jetstreamManager();
  await manager.streams.add({ name: "HISTORY", subjects: ["wattseal.>"] });
  const log = new Logged();
  using spool = memorySpool(log);
  await using node = newNode({ address: server.address, spool, log });
  for (let second = 0; second < 3; second++) node.publishReading("evse-1", at(second));
  node.start();
  await log.seen(spoolIsEmpty);
  const { state } = await manager.streams.info("HISTORY", { subjects_filter: subject });
  assert.deepEqual(state.subjects, { [subject]: 3 });
});

Deno.test("NatsNode spools readings that a full stream refuses", async () => {
  await using server = await startNatsServer();
  await using client = await newClient(server.address);
  const { streams } = await client.jetstreamManager();
  const subjects = ["wattseal.*.*.reading"];
  await streams.add({ name: "WATTSEAL_READINGS", subjects, max_msgs: 1, discard: DiscardPolicy.New });
  await client.jetstream().publish(subject, "{}");
  const log = new Logged();
  using spool = memorySpool(log);
  await using node = newNode({ address: server.address, spool, log });
  node.publishReading("evse-1", at(0));
  node.start();
  await log.seen(/warn Cannot publish readings from the spool; retrying .*maximum messages exceeded/);
  assert.deepEqual([spool.size, spool.dropped], [1, 0]);
  await streams.purge("WATTSEAL_READINGS");
  await log.seen(spoolIsEmpty);
  assert.deepEqual((await kept(client)).map(({ timestamp }) => timestamp), [stamp(0)]);
});

Deno.test("NatsNode drops and counts readings that are too long for the stream", async () => {
  await using server = await startNatsServer();
  await using client = await newClient(server.address);
  const { streams } = await client.jetstreamManager();
  await streams.add({ name: "WATTSEAL_READINGS", subjects: ["wattseal.*.*.reading"], max_msg_size: 10 });
  const log = new Logged();
  using spool = memorySpool(log);
  await using node = newNode({ address: server.address, spool, log });
  node.publishReading("evse-1", at(0));
  node.start();
  await log.seen(/error Readings are dropped: they are larger/);
  await log.seen(spoolIsEmpty);
  assert.deepEqual([spool.size, spool.dropped], [0, 1]);
});

Deno.test("NatsNode publishes the readings of an earlier run, and keeps them in the spool when it ends before", async () => {
  const folder = await Deno.makeTempDir({ prefix: "wattseal-test-" });
  const log = new Logged();
  const open = () =>
    openSpool({ mode: "disk", maxAgeHours: 24 * 365 * 50, maxMb: 16, folder }, { time: systemTime, log });
  const address = freeAddress();
  for (const second of [0, 1]) {
    const spool = open();
    const node = newNode({ address, spool });
    node.start();
    node.publishReading("evse-1", at(second));
    await node.close();
    spool.close();
  }
  await using server = await startNatsServer({ address });
  const spool = open();
  assert.equal(spool.size, 2);
  const node = newNode({ address: server.address, spool, log });
  node.start();
  await log.seen(spoolIsEmpty);
  await node.close();
  spool.close();
  await using client = await newClient(server.address);
  assert.deepEqual((await kept(client)).map(({ timestamp }) => timestamp), stamps(0, 2));
  await Deno.remove(folder, { recursive: true });
});

Deno.test("NatsNode reports the waiting and the dropped readings in its status", async () => {
  await using server = await startNatsServer();
  await using client = await newClient(server.address);
  const log = new Logged();
  const spool: Spool = Object.assign(memorySpool(log), { oldest: () => [] });
  spool.countLost(7, "a test lost them");
  await using node = newNode({ address: server.address, spool, log, meters: [new FakeServedMeter("evse-1")] });
  node.publishReading("evse-1", at(0));
  const status = Promise.withResolvers<Record<string, unknown>>();
  client.subscribe("wattseal.berlin-01._node.status", {
    callback: (_error, message) => status.resolve(message.json()),
  });
  await client.flush();
  node.start();
  const { spooled_readings, dropped_readings } = await status.promise;
  assert.deepEqual([spooled_readings, dropped_readings], [1, 7]);
});

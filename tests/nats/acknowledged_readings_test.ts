import assert from "node:assert/strict";
import { DiscardPolicy, type NatsConnection, StorageType } from "nats";
import { systemTime, timestamp } from "../../src/base/time.ts";
import { openSpool, type Spool } from "../../src/spool/mod.ts";
import { startNatsCluster } from "../support/nats_cluster.ts";
import { startNatsServer } from "../support/nats_server.ts";
import { patiently } from "../support/patiently.ts";
import { atMs, FakePost, reading } from "./fakes.ts";
import { Logged } from "./logged.ts";
import { defaultStreams, newClient, newNode } from "./setup.ts";

const stream = "WATTSEAL_READINGS";
const spoolIsEmpty = /info published readings of the spool .*"left":0/;

function subjectOf(meter: string): string {
  return `wattseal.berlin-01.${meter}.reading`;
}

/** A reading of so many seconds after the others. */
function at(second: number) {
  return { ...reading, takenAtMs: atMs + 1000 * second };
}

function stamps(seconds: number): string[] {
  return Array.from({ length: seconds }, (_, second) => timestamp(atMs + 1000 * second));
}

function memorySpool(log: Logged): Spool & Disposable {
  const options = { mode: "memory", maxAgeHours: 24 * 365 * 50, maxMb: 16, folder: "" } as const;
  const spool = openSpool(options, { time: systemTime, log });
  return Object.assign(spool, { [Symbol.dispose]: () => spool.close() });
}

/** Timestamps of a meter's readings in the stream, in its order. */
async function kept(client: NatsConnection, meter = "evse-1"): Promise<string[]> {
  const { streams } = await client.jetstreamManager({ checkAPI: false });
  const { state } = await streams.info(stream);
  const all: string[] = [];
  for (let seq = state.first_seq; seq <= state.last_seq; seq++) {
    const message = await streams.getMessage(stream, { seq });
    if (message.subject === subjectOf(meter)) all.push(message.json<{ timestamp: string }>().timestamp);
  }
  return all;
}

/** Timestamps that a subscriber sees from now on. */
async function watched(client: NatsConnection, meter = "evse-1") {
  const seen: string[] = [];
  let arrived = () => {};
  client.subscribe(subjectOf(meter), {
    callback: (_error, message) => {
      seen.push(message.json<{ timestamp: string }>().timestamp);
      arrived();
    },
  });
  await client.flush();
  const count = async (least: number) => {
    while (seen.length < least) await new Promise<void>((resolve) => arrived = resolve);
  };
  return { seen, count };
}

Deno.test("NatsNode loses no reading when the leader of the stream is killed", async () => {
  await using cluster = await startNatsCluster();
  const [first = ""] = cluster.addresses;
  await using client = await newClient(first);
  const manager = await client.jetstreamManager({ checkAPI: false });
  const subjects = ["wattseal.*.*.reading"];
  const config = { name: stream, subjects, num_replicas: 3, storage: StorageType.File };
  await patiently(() => manager.streams.add(config));
  const leader = await cluster.leaderOf(stream);
  const others = cluster.addresses.filter((address) => address !== leader.address);
  const log = new Logged();
  using spool = memorySpool(log);
  const replicated = { enabled: true, replicas: 3, maxAgeDays: 7 };
  await using node = newNode({
    address: others[0] ?? "",
    options: { streams: { readings: replicated, ocmf: replicated, state: replicated } },
    spool,
    log,
  });
  node.start();
  await node.connected;
  const publishing = new AbortController();
  let second = 0;
  const meter = (async () => {
    for (; !publishing.signal.aborted; second++) {
      node.publishReading("evse-1", at(second));
      await systemTime.sleep(20, publishing.signal);
    }
  })();
  const waiting = log.next(/warn readings are not acknowledged and wait in the spool/);
  await leader.stop("SIGKILL");
  await waiting;
  await cluster.leaderOf(stream);
  await log.next(spoolIsEmpty);
  publishing.abort();
  await meter;
  await node.close();
  await using reader = await newClient(others[0] ?? "");
  await leader.restart();
  const inStream = await patiently(() => kept(reader));
  const missing = new Set(stamps(second)).difference(new Set([...inStream, ...spooled(spool)]));
  assert.deepEqual([...missing], []);
  assert.equal(new Set(inStream).size, inStream.length, "the message id tells a reading that came twice");
  assert.equal(spool.dropped, 0);
});

function spooled(spool: Spool): string[] {
  return spool.oldest(10_000).map(({ takenAtMs }) => timestamp(takenAtMs));
}

Deno.test("NatsNode keeps live readings that a full stream refuses, and subscribers see them", async () => {
  await using server = await startNatsServer();
  await using client = await newClient(server.address);
  const { streams } = await client.jetstreamManager();
  const subjects = ["wattseal.*.*.reading"];
  await streams.add({ name: stream, subjects, max_msgs: 1, discard: DiscardPolicy.New });
  const log = new Logged();
  using spool = memorySpool(log);
  await using node = newNode({ address: server.address, spool, log });
  node.start();
  await node.connected;
  const { seen, count } = await watched(client);
  for (const second of [0, 1, 2]) node.publishReading("evse-1", at(second));
  await count(3);
  assert.deepEqual(seen.slice(0, 3), stamps(3));
  await log.seen(/warn readings are not acknowledged and wait in the spool .*maximum messages exceeded/);
  await streams.update(stream, { max_msgs: -1 });
  await log.seen(spoolIsEmpty);
  assert.deepEqual(await kept(client), stamps(3));
  assert.deepEqual([spool.size, spool.dropped], [0, 0]);
});

Deno.test("NatsNode does not count readings as sent that the server forbids, and those of other meters go on", async () => {
  await using server = await startNatsServer({
    config: `authorization { users: [
      { user: node, password: secret, permissions: { publish: { deny: "${subjectOf("evse-2")}" } } }
      { user: admin, password: secret }
    ] }
    no_auth_user: admin`,
  });
  await using client = await newClient(server.address);
  const log = new Logged();
  using spool = memorySpool(log);
  await using node = newNode({
    address: server.address,
    options: { user: "node", password: "secret" },
    meters: [new FakePost("evse-1"), new FakePost("evse-2")],
    spool,
    log,
  });
  // More of the forbidden ones than a portion has
  for (let second = 0; second < 60; second++) node.publishReading("evse-2", at(second));
  for (const second of [0, 1]) node.publishReading("evse-1", at(second));
  const done = log.next(/info published readings of the spool .*"readings":2,"left":60/);
  node.start();
  await done;
  node.publishReading("evse-2", at(60));
  node.publishReading("evse-1", at(2));
  await log.seen(/warn readings are not acknowledged and wait in the spool .*forbids this user to publish .*evse-2/);
  await log.seen(/warn readings wait in the spool; .*"The server forbids this user to publish wattseal\.[^"]*"/);
  // The refusal may come before the stream has stored the other one, and the spool the refused one
  while (spool.size < 61 || (await kept(client)).length < 3) await systemTime.sleep(50);
  assert.deepEqual(await kept(client), stamps(3));
  assert.deepEqual(await kept(client, "evse-2"), []);
  assert.deepEqual([spool.size, spool.dropped], [61, 0]);
});

Deno.test("NatsNode keeps readings of a stream that was deleted, and creates it again", async () => {
  await using server = await startNatsServer();
  await using client = await newClient(server.address);
  const log = new Logged();
  using spool = memorySpool(log);
  await using node = newNode({ address: server.address, spool, log });
  node.start();
  await node.connected;
  const { streams } = await client.jetstreamManager();
  await streams.delete(stream);
  for (const second of [0, 1, 2]) node.publishReading("evse-1", at(second));
  await log.seen(spoolIsEmpty);
  assert.deepEqual(await kept(client), stamps(3));
  assert.deepEqual([spool.size, spool.dropped], [0, 0]);
});

Deno.test("NatsNode publishes live values to a server without JetStream, and the copies wait until it has it", async () => {
  await using server = await startNatsServer({ jetstream: false });
  const log = new Logged();
  using spool = memorySpool(log);
  await using node = newNode({ address: server.address, spool, log });
  node.start();
  await node.connected;
  for (const second of [0, 1]) node.publishReading("evse-1", at(second));
  await log.seen(/warn readings are not acknowledged and wait in the spool .*No stream takes wattseal/);
  {
    await using client = await newClient(server.address);
    const { seen, count } = await watched(client);
    node.publishReading("evse-1", at(2));
    await count(1);
    assert.deepEqual(seen, stamps(3).slice(2));
  }
  await server.stop();
  // Subscribers see a reading before the server says that no stream takes it
  while (spool.size < 3) await systemTime.sleep(50);
  assert.equal(spool.dropped, 0);
  await using second = await startNatsServer({ address: server.address });
  await log.seen(spoolIsEmpty);
  await using client = await newClient(second.address);
  assert.deepEqual(await kept(client), stamps(3));
});

Deno.test("NatsNode does not take the answer of another program for an acknowledgement", async () => {
  await using server = await startNatsServer({ jetstream: false });
  await using client = await newClient(server.address);
  client.subscribe(subjectOf("evse-1"), {
    callback: (_error, message) => void message.respond(JSON.stringify({ stream: "OTHER", seq: 1 })),
  });
  await client.flush();
  const log = new Logged();
  using spool = memorySpool(log);
  await using node = newNode({ address: server.address, spool, log });
  node.start();
  await node.connected;
  node.publishReading("evse-1", at(0));
  await log.seen(/warn another stream or program answers a reading.*OTHER/);
  await node.close();
  assert.deepEqual([spooled(spool), spool.dropped], [stamps(1), 0]);
});

Deno.test("NatsNode bounds the number of readings that are not acknowledged, and subscribers see all", async () => {
  await using server = await startNatsServer({ jetstream: false });
  await using client = await newClient(server.address);
  const { count } = await watched(client);
  const log = new Logged();
  using spool = memorySpool(log);
  await using node = newNode({ address: server.address, spool, log });
  node.start();
  await node.connected;
  for (let second = 0; second < 5_300; second++) node.publishReading("evse-1", at(second));
  assert.deepEqual(spooled(spool), stamps(300));
  await count(5_300);
});

Deno.test("NatsNode publishes readings plainly where the configuration wants no stream and none holds them", async () => {
  await using server = await startNatsServer();
  await using client = await newClient(server.address);
  const { seen, count } = await watched(client);
  const log = new Logged();
  using spool = memorySpool(log);
  await using node = newNode({
    address: server.address,
    options: { streams: { ...defaultStreams, readings: { ...defaultStreams.readings, enabled: false } } },
    spool,
    log,
  });
  node.start();
  await node.connected;
  for (const second of [0, 1]) node.publishReading("evse-1", at(second));
  await count(2);
  await node.close();
  assert.deepEqual([seen, spool.size, spool.dropped], [stamps(2), 0, 0]);
});

Deno.test("NatsNode waits for the acknowledgement of a stream that an administrator provides", async () => {
  await using server = await startNatsServer();
  await using client = await newClient(server.address);
  const manager = await client.jetstreamManager();
  await manager.streams.add({
    name: stream,
    subjects: ["wattseal.*.*.reading"],
    max_msgs: 1,
    discard: DiscardPolicy.New,
  });
  const log = new Logged();
  using spool = memorySpool(log);
  const options = { streams: { ...defaultStreams, readings: { ...defaultStreams.readings, enabled: false } } };
  await using node = newNode({ address: server.address, options, spool, log });
  node.start();
  await node.connected;
  for (const second of [0, 1]) node.publishReading("evse-1", at(second));
  await log.seen(/warn readings are not acknowledged and wait in the spool .*maximum messages exceeded/);
  await manager.streams.update(stream, { max_msgs: -1 });
  await log.seen(spoolIsEmpty);
  assert.deepEqual([await kept(client), spool.dropped], [stamps(2), 0]);
});

Deno.test("NatsNode does not count forbidden readings as sent where no stream is wanted", async () => {
  await using server = await startNatsServer({
    config: `authorization { users: [
      { user: node, password: secret, permissions: { publish: { deny: "${subjectOf("evse-1")}" } } }
      { user: admin, password: secret }
    ] }
    no_auth_user: admin`,
  });
  const log = new Logged();
  using spool = memorySpool(log);
  const streams = { ...defaultStreams, readings: { ...defaultStreams.readings, enabled: false } };
  const options = { user: "node", password: "secret", streams };
  await using node = newNode({ address: server.address, options, spool, log });
  node.publishReading("evse-1", at(0));
  node.start();
  await node.connected;
  node.publishReading("evse-1", at(1));
  await log.seen(/warn readings wait in the spool; .*forbids this user to publish/);
  await node.close();
  assert.deepEqual([spooled(spool), spool.dropped], [stamps(2), 0]);
});

Deno.test("NatsNode counts a stream's acknowledgement where it must not look at the stream", async () => {
  await using server = await startNatsServer({
    config: `authorization { users: [
      { user: node, password: secret, permissions: { publish: { deny: "$JS.API.>" } } }
      { user: admin, password: secret }
    ] }
    no_auth_user: admin`,
  });
  await using client = await newClient(server.address);
  const { streams } = await client.jetstreamManager();
  await streams.add({ name: stream, subjects: ["wattseal.*.*.reading"] });
  const log = new Logged();
  using spool = memorySpool(log);
  await using node = newNode({ address: server.address, options: { user: "node", password: "secret" }, spool, log });
  node.publishReading("evse-1", at(0));
  node.start();
  await node.connected;
  node.publishReading("evse-1", at(1));
  await log.seen(spoolIsEmpty);
  assert.deepEqual((await kept(client)).sort(), stamps(2));
  assert.deepEqual([spool.size, spool.dropped], [0, 0]);
});

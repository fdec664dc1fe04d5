import assert from "node:assert/strict";
import { DiscardPolicy, StorageType } from "nats";
import { systemTime } from "../../src/base/time.ts";
import { startNatsCluster } from "../support/nats_cluster.ts";
import { startNatsServer } from "../support/nats_server.ts";
import { patiently } from "../support/patiently.ts";
import { FakeServedMeter } from "./fakes.ts";
import { Logged } from "./logged.ts";
import { newClient, newNode } from "./setup.ts";
import {
  at,
  keptStamps,
  memorySpool,
  readingsStream,
  spooledStamps,
  spoolIsEmpty,
  stamp,
  stamps,
  subjectOf,
  watched,
} from "./timed_readings.ts";

Deno.test("NatsNode loses no reading when the leader of the stream is killed", async () => {
  await using cluster = await startNatsCluster();
  const [first = ""] = cluster.addresses;
  await using client = await newClient(first);
  const manager = await client.jetstreamManager({ checkAPI: false });
  const subjects = ["wattseal.*.*.reading"];
  const config = { name: readingsStream, subjects, num_replicas: 3, storage: StorageType.File };
  await patiently(() => manager.streams.add(config));
  const leader = await cluster.leaderOf(readingsStream);
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
  const waiting = log.next(/warn Readings are not acknowledged; they wait in the spool/);
  await leader.stop("SIGKILL");
  await waiting;
  await cluster.leaderOf(readingsStream);
  await log.next(spoolIsEmpty);
  publishing.abort();
  await meter;
  await node.close();
  await using reader = await newClient(others[0] ?? "");
  await leader.restart();
  const inStream = await patiently(() => keptStamps(reader));
  const missing = new Set(stamps(0, second)).difference(new Set([...inStream, ...spooledStamps(spool)]));
  assert.deepEqual([...missing], []);
  assert.equal(new Set(inStream).size, inStream.length, "the message id identifies a duplicate");
  assert.equal(spool.dropped, 0);
});

Deno.test("NatsNode spools live readings that a full stream refuses, and subscribers receive them", async () => {
  await using server = await startNatsServer();
  await using client = await newClient(server.address);
  const { streams } = await client.jetstreamManager();
  const subjects = ["wattseal.*.*.reading"];
  await streams.add({ name: readingsStream, subjects, max_msgs: 1, discard: DiscardPolicy.New });
  const log = new Logged();
  using spool = memorySpool(log);
  await using node = newNode({ address: server.address, spool, log });
  node.start();
  await node.connected;
  const { seen, count } = await watched(client);
  for (const second of [0, 1, 2]) node.publishReading("evse-1", at(second));
  await count(3);
  assert.deepEqual(seen.slice(0, 3), stamps(0, 3));
  await log.seen(/warn Readings are not acknowledged; they wait in the spool .*maximum messages exceeded/);
  await streams.update(readingsStream, { max_msgs: -1 });
  await log.seen(spoolIsEmpty);
  assert.deepEqual(await keptStamps(client), stamps(0, 3));
  assert.deepEqual([spool.size, spool.dropped], [0, 0]);
});

Deno.test("NatsNode spools readings that the server does not permit, and still publishes those of other meters", async () => {
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
    meters: [new FakeServedMeter("evse-1"), new FakeServedMeter("evse-2")],
    spool,
    log,
  });
  // More refused readings than one batch
  for (let second = 0; second < 60; second++) node.publishReading("evse-2", at(second));
  for (const second of [0, 1]) node.publishReading("evse-1", at(second));
  const done = log.next(/info Published readings from the spool .*"readings":2,"left":60/);
  node.start();
  await done;
  node.publishReading("evse-2", at(60));
  node.publishReading("evse-1", at(2));
  await log.seen(
    /warn Readings are not acknowledged; they wait in the spool .*does not permit this user to publish .*evse-2/,
  );
  await log.seen(
    /warn Cannot publish readings from the spool; .*"The server does not permit this user to publish to wattseal\.[^"]*"/,
  );
  // The refusal may arrive before the stream has stored the other reading and the spool the refused one
  while (spool.size < 61 || (await keptStamps(client)).length < 3) await systemTime.sleep(50);
  assert.deepEqual(await keptStamps(client), stamps(0, 3));
  assert.deepEqual(await keptStamps(client, "evse-2"), []);
  assert.deepEqual([spool.size, spool.dropped], [61, 0]);
});

Deno.test("NatsNode spools readings after their stream was deleted, and creates the stream again", async () => {
  await using server = await startNatsServer();
  await using client = await newClient(server.address);
  const log = new Logged();
  using spool = memorySpool(log);
  await using node = newNode({ address: server.address, spool, log });
  node.start();
  await node.connected;
  const { streams } = await client.jetstreamManager();
  await streams.delete(readingsStream);
  for (const second of [0, 1, 2]) node.publishReading("evse-1", at(second));
  await log.seen(spoolIsEmpty);
  assert.deepEqual(await keptStamps(client), stamps(0, 3));
  assert.deepEqual([spool.size, spool.dropped], [0, 0]);
});

Deno.test("NatsNode publishes live readings on a server without JetStream, and spools them until JetStream is enabled", async () => {
  await using server = await startNatsServer({ jetstream: false });
  const log = new Logged();
  using spool = memorySpool(log);
  await using node = newNode({ address: server.address, spool, log });
  node.start();
  await node.connected;
  for (const second of [0, 1]) node.publishReading("evse-1", at(second));
  await log.seen(/warn Readings are not acknowledged; they wait in the spool .*No stream accepts wattseal/);
  {
    await using client = await newClient(server.address);
    const { seen, count } = await watched(client);
    node.publishReading("evse-1", at(2));
    await count(1);
    assert.deepEqual(seen, stamps(0, 3).slice(2));
  }
  await server.stop();
  // Subscribers receive a reading before the server reports that no stream accepts it
  while (spool.size < 3) await systemTime.sleep(50);
  assert.equal(spool.dropped, 0);
  await using second = await startNatsServer({ address: server.address });
  await log.seen(spoolIsEmpty);
  await using client = await newClient(second.address);
  assert.deepEqual(await keptStamps(client), stamps(0, 3));
});

Deno.test("NatsNode keeps its spooled readings while its server runs without JetStream", async () => {
  await using server = await startNatsServer();
  const log = new Logged();
  using spool = memorySpool(log);
  await using node = newNode({ address: server.address, spool, log });
  node.start();
  await node.connected;
  await server.stop();
  for (let second = 0; second < 20; second++) node.publishReading("evse-1", at(second));
  const waiting = log.next(/warn Cannot create the stream; .*WATTSEAL_READINGS.*JetStream does not answer/);
  await using without = await startNatsServer({ jetstream: false, address: server.address });
  await waiting;
  {
    await using client = await newClient(without.address);
    const { seen, count } = await watched(client);
    node.publishReading("evse-1", at(20));
    await count(1);
    assert.deepEqual(seen, [stamp(20)]);
  }
  await without.stop();
  while (spool.size < 21) await systemTime.sleep(50);
  const emptied = log.next(spoolIsEmpty);
  await server.restart();
  await emptied;
  await using client = await newClient(server.address);
  assert.deepEqual((await keptStamps(client)).sort(), stamps(0, 21));
  assert.equal(spool.dropped, 0);
});

Deno.test("NatsNode does not accept the answer of another program as an acknowledgement", async () => {
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
  await log.seen(/warn Another stream or program answered a reading.*OTHER/);
  await node.close();
  assert.deepEqual([spooledStamps(spool), spool.dropped], [stamps(0, 1), 0]);
});

Deno.test("NatsNode limits the number of unacknowledged readings, and subscribers receive all", async () => {
  await using server = await startNatsServer({ jetstream: false });
  await using client = await newClient(server.address);
  const { count } = await watched(client);
  const log = new Logged();
  using spool = memorySpool(log);
  await using node = newNode({ address: server.address, spool, log });
  node.start();
  await node.connected;
  for (let second = 0; second < 5_300; second++) node.publishReading("evse-1", at(second));
  assert.deepEqual(spooledStamps(spool), stamps(0, 300));
  await count(5_300);
});

Deno.test("NatsNode does not report the readings that come before it has created their stream, and delivers them", async () => {
  await using server = await startNatsServer();
  await using client = await newClient(server.address);
  const log = new Logged();
  using spool = memorySpool(log);
  await using node = newNode({ address: server.address, spool, log });
  node.start();
  let second = 0;
  const connected = node.connected.then(() => true);
  const isOver = () => Promise.race([connected, systemTime.sleep(1).then(() => false)]);
  while (!(await isOver())) node.publishReading("evse-1", at(second++));
  while ((await keptStamps(client)).length < second) await systemTime.sleep(50);
  assert.deepEqual([log.count(/^warn /), spool.size, spool.dropped], [0, 0, 0]);
});

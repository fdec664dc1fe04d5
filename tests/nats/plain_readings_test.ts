import assert from "node:assert/strict";
import { DiscardPolicy } from "nats";
import { startNatsServer } from "../support/nats_server.ts";
import { Logged } from "./logged.ts";
import { defaultStreams, newClient, newNode } from "./setup.ts";
import {
  at,
  keptStamps,
  memorySpool,
  readingsStream,
  spooledStamps,
  spoolIsEmpty,
  stamps,
  subjectOf,
  watched,
} from "./timed_readings.ts";

Deno.test("NatsNode publishes readings without acknowledgements if no stream is configured and none stores them", async () => {
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
  assert.deepEqual([seen, spool.size, spool.dropped], [stamps(0, 2), 0, 0]);
});

Deno.test("NatsNode waits for the acknowledgement of a stream that an administrator provides", async () => {
  await using server = await startNatsServer();
  await using client = await newClient(server.address);
  const manager = await client.jetstreamManager();
  await manager.streams.add({
    name: readingsStream,
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
  await log.seen(/warn Readings are not acknowledged; they wait in the spool .*maximum messages exceeded/);
  await manager.streams.update(readingsStream, { max_msgs: -1 });
  await log.seen(spoolIsEmpty);
  assert.deepEqual([await keptStamps(client), spool.dropped], [stamps(0, 2), 0]);
});

Deno.test("NatsNode spools readings that are not permitted if no stream is configured", async () => {
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
  await log.seen(/warn Cannot publish readings from the spool; .*does not permit this user to publish/);
  await node.close();
  assert.deepEqual([spooledStamps(spool), spool.dropped], [stamps(0, 2), 0]);
});

Deno.test("NatsNode accepts the acknowledgement of a stream that it may not read", async () => {
  await using server = await startNatsServer({
    config: `authorization { users: [
      { user: node, password: secret, permissions: { publish: { deny: "$JS.API.>" } } }
      { user: admin, password: secret }
    ] }
    no_auth_user: admin`,
  });
  await using client = await newClient(server.address);
  const { streams } = await client.jetstreamManager();
  await streams.add({ name: readingsStream, subjects: ["wattseal.*.*.reading"] });
  const log = new Logged();
  using spool = memorySpool(log);
  await using node = newNode({ address: server.address, options: { user: "node", password: "secret" }, spool, log });
  node.publishReading("evse-1", at(0));
  node.start();
  await node.connected;
  node.publishReading("evse-1", at(1));
  await log.seen(spoolIsEmpty);
  assert.deepEqual((await keptStamps(client)).sort(), stamps(0, 2));
  assert.deepEqual([spool.size, spool.dropped], [0, 0]);
});

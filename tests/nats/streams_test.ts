import assert from "node:assert/strict";
import { nanos, RetentionPolicy, StorageType } from "nats";
import { startNatsServer } from "../support/nats_server.ts";
import { Logged } from "./logged.ts";
import { defaultStreams, FakeHealth, newClient, newNode } from "./setup.ts";
import { TestJournal } from "./test_journal.ts";

const dayNs = nanos(86_400_000);

Deno.test("NatsNode creates the three streams with their subjects and policies", async () => {
  await using server = await startNatsServer();
  await using node = newNode({ address: server.address, options: { subjectPrefix: "acme.power" } });
  node.start();
  await node.connected;
  await using client = await newClient(server.address);
  const manager = await client.jetstreamManager();
  const ocmf = (await manager.streams.info("ACME_POWER_OCMF")).config;
  assert.deepEqual(ocmf.subjects, ["acme.power.*.*.ocmf"]);
  assert.deepEqual([ocmf.storage, ocmf.retention], [StorageType.File, RetentionPolicy.Limits]);
  assert.deepEqual([ocmf.max_age, ocmf.max_bytes, ocmf.max_msgs], [0, -1, -1]);
  assert.equal(ocmf.duplicate_window, nanos(3_600_000));
  const readings = (await manager.streams.info("ACME_POWER_READINGS")).config;
  assert.deepEqual(readings.subjects, ["acme.power.*.*.reading"]);
  assert.deepEqual([readings.storage, readings.max_age], [StorageType.File, 7 * dayNs]);
  const state = (await manager.streams.info("ACME_POWER_STATE")).config;
  assert.deepEqual(state.subjects, ["acme.power.*.*.public_key", "acme.power.*.*.status", "acme.power.*.*.fault.*"]);
  assert.deepEqual([state.max_msgs_per_subject, state.allow_direct], [1, true]);
});

Deno.test("NatsNode creates streams as configured, with a duplicate window that the server accepts", async () => {
  await using server = await startNatsServer();
  await using node = newNode({
    address: server.address,
    options: {
      streams: {
        ocmf: { enabled: true, replicas: 1, maxAgeDays: 0.01, maxBytes: 1_000_000 },
        readings: { enabled: false, replicas: 1, maxAgeDays: 7 },
        state: { enabled: true, replicas: 1, maxAgeDays: 1 },
      },
    },
  });
  node.start();
  await node.connected;
  await using client = await newClient(server.address);
  const manager = await client.jetstreamManager();
  const { config } = await manager.streams.info("WATTSEAL_OCMF");
  assert.deepEqual([config.max_age, config.max_bytes, config.duplicate_window], [
    0.01 * dayNs,
    1_000_000,
    0.01 * dayNs,
  ]);
  assert.equal((await manager.streams.info("WATTSEAL_STATE")).config.max_age, dayNs);
  await assert.rejects(manager.streams.info("WATTSEAL_READINGS"), /stream not found/);
});

Deno.test("no API call removes a message from a new stream of records, and one that exists is used as it is", async () => {
  await using server = await startNatsServer();
  await using client = await newClient(server.address);
  const manager = await client.jetstreamManager();
  using journal = new TestJournal();
  journal.add("tx-1");
  const node = newNode({ address: server.address, journal: journal.outbox });
  node.start();
  await node.connected;
  await journal.left(0);
  await node.close();
  await assert.rejects(manager.streams.deleteMessage("WATTSEAL_OCMF", 1), /message delete not permitted/);
  await assert.rejects(manager.streams.purge("WATTSEAL_OCMF"), /stream purge not permitted/);
  assert.equal((await manager.streams.info("WATTSEAL_OCMF")).state.messages, 1);
  const { config: { deny_delete: isDenied } } = await manager.streams.info("WATTSEAL_STATE");
  assert.equal(isDenied, false);

  await manager.streams.delete("WATTSEAL_OCMF");
  const old = { subjects: ["wattseal.*.*.ocmf"], duplicate_window: nanos(3_600_000) };
  await manager.streams.add({ name: "WATTSEAL_OCMF", ...old });
  await using later = newNode({ address: server.address, journal: journal.outbox });
  later.start();
  await later.connected;
  assert.deepEqual(later.problems, []);
  assert.equal((await manager.streams.info("WATTSEAL_OCMF")).config.deny_purge, false);
});

Deno.test("NatsNode does not change an existing stream with other settings", async () => {
  await using server = await startNatsServer();
  await using client = await newClient(server.address);
  const manager = await client.jetstreamManager();
  await manager.streams.add({ name: "WATTSEAL_READINGS", subjects: ["wattseal.>"], storage: StorageType.Memory });
  const before = (await manager.streams.info("WATTSEAL_READINGS")).config;
  const log = new Logged();
  const health = new FakeHealth();
  await using node = newNode({
    address: server.address,
    log,
    health,
    options: { streams: { ...defaultStreams, readings: { enabled: true, replicas: 1, maxAgeDays: 3 } } },
  });
  node.start();
  await node.connected;
  assert.deepEqual((await manager.streams.info("WATTSEAL_READINGS")).config, before);
  assert.equal(log.count(/warn Stream WATTSEAL_READINGS keeps messages in memory, which are lost/), 1);
  // That stream has the subjects of the other two
  assert.equal(log.count(/info Another stream has the subjects.*WATTSEAL_OCMF.*WATTSEAL_READINGS/), 1);
  assert.match(health.message("StreamUnsafe") ?? "", /^Stream WATTSEAL_READINGS keeps messages in memory/);
});

Deno.test("NatsNode serves without JetStream, warns once and creates the streams when JetStream is enabled", async () => {
  await using server = await startNatsServer({ jetstream: false });
  const log = new Logged();
  await using node = newNode({ address: server.address, log });
  node.start();
  await node.connected;
  assert.equal(log.count(/warn Cannot create the stream.*WATTSEAL_OCMF/), 1);
  await using client = await newClient(server.address);
  const answer = await client.request("wattseal.berlin-01.evse-1.status.get");
  assert.equal(answer.json<Record<string, unknown>>()["state"], "online");
  await server.stop();
  await using second = await startNatsServer({ address: server.address });
  await log.seen(/info Created a stream.*WATTSEAL_STATE/);
  assert.equal(second.address, server.address);
  assert.equal(log.count(/warn Cannot create the stream.*WATTSEAL_OCMF/), 1);
});

Deno.test("NatsNode creates a stream again that is removed during its connection", async () => {
  await using server = await startNatsServer();
  const log = new Logged();
  await using node = newNode({ address: server.address, log });
  node.start();
  await node.connected;
  await using client = await newClient(server.address);
  node.publishStatus("evse-1");
  await client.flush();
  await server.stop();
  await server.wipeStore();
  const again = log.next(/info Created a stream.*WATTSEAL_STATE/);
  await server.restart();
  await again;
  const manager = await client.jetstreamManager();
  while ((await manager.streams.info("WATTSEAL_STATE")).state.messages < 2) await client.flush();
  const kept = await manager.streams.getMessage("WATTSEAL_STATE", { last_by_subj: "wattseal.berlin-01.evse-1.status" });
  assert.equal(kept.json<Record<string, unknown>>()["state"], "online");
});

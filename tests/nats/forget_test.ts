import assert from "node:assert/strict";
import type { NatsConnection } from "nats";
import { openKnownMeters, unstoredMeters } from "../../src/base/known_meters.ts";
import { silentLog } from "../../src/base/log.ts";
import { systemTime } from "../../src/base/time.ts";
import { statusSchema } from "../../src/contract/mod.ts";
import { neededRights, removalRight } from "../../src/nats/needed_rights.ts";
import { streamKinds } from "../../src/nats/streams.ts";
import { admin, startGuardedServer } from "../support/guarded_server.ts";
import { startNatsServer } from "../support/nats_server.ts";
import { deviceFault, FakeServedMeter } from "./fakes.ts";
import { defaultStreams, newClient, newNode } from "./setup.ts";
import { TestJournal } from "./test_journal.ts";

const scope = { prefix: "wattseal", site: "berlin-01", inboxPrefix: "_INBOX" };
const two = () => [new FakeServedMeter("evse-1"), new FakeServedMeter("evse-2")];

/** The subjects of a meter in a stream, without prefix and site. */
async function stored(client: NatsConnection, meter: string, stream = "WATTSEAL_STATE"): Promise<string[]> {
  // A request that is lost while the server restarts is repeated
  const manager = await client.jetstreamManager({ timeout: 5_000 });
  const { state } = await manager.streams.info(stream, { subjects_filter: `wattseal.berlin-01.${meter}.>` });
  return Object.keys(state.subjects ?? {}).map((subject) => subject.split(".").slice(3).join(".")).sort();
}

/** Resolves when the stream of states has nothing of a meter. */
async function forgotten(client: NatsConnection, meter: string): Promise<void> {
  while ((await stored(client, meter)).length > 0) await systemTime.sleep(20);
}

function publishStates(node: ReturnType<typeof newNode>, meter: string): void {
  node.publishStatus(meter);
  node.publishPublicKey(meter);
  node.publishFault(meter, deviceFault);
}

Deno.test("NatsNode removes the states of a meter that is withdrawn for good, and nothing else", async () => {
  await using server = await startNatsServer();
  await using client = await newClient(server.address);
  using journal = new TestJournal();
  const knownMeters = unstoredMeters();
  await using node = newNode({ address: server.address, meters: two(), journal: journal.outbox, knownMeters });
  node.start();
  await node.connected;
  for (const meter of ["evse-1", "evse-2"]) publishStates(node, meter);
  journal.add("tx-1", { meter: "evse-2" });
  node.wakeOutbox();
  await journal.left(0);
  const statuses = client.subscribe("wattseal.berlin-01.evse-2.status");
  await client.flush();

  await node.withdraw("evse-2", { forget: true });
  await forgotten(client, "evse-2");
  assert.deepEqual(await stored(client, "evse-1"), ["fault.DeviceStateError", "public_key", "status"]);
  assert.deepEqual(await stored(client, "evse-2", "WATTSEAL_OCMF"), ["ocmf"]);
  assert.deepEqual(node.problems, []);
  const published: unknown[] = [];
  for await (const message of statuses) {
    const { state, removed } = statusSchema.parse(message.json());
    published.push([state, removed]);
    if (removed === true) break;
  }
  assert.deepEqual(published, [["stopped", undefined], ["stopped", true]]);
  assert.deepEqual(await node.forget("evse-2"), { outcome: "forgotten", states: 0 });
  assert.deepEqual(knownMeters.names, ["evse-1"]);
});

Deno.test("NatsNode forgets a meter only if no process has it and it has nothing to deliver, and never another one", async () => {
  await using server = await startNatsServer();
  await using client = await newClient(server.address);
  using journal = new TestJournal();
  const streams = { ...defaultStreams, ocmf: { ...defaultStreams.ocmf, enabled: false } };
  await using node = newNode({ address: server.address, meters: two(), journal: journal.outbox, options: { streams } });
  node.start();
  await node.connected;
  for (const meter of ["evse-1", "evse-2"]) publishStates(node, meter);
  await assert.rejects(node.forget("evse-2"), { name: "ForgetError", message: /evse-2 is configured and served/ });
  for (const name of ["*", ">", "evse-2.status", "_node", ""]) {
    await assert.rejects(node.forget(name), { name: "ForgetError", message: /is not the name of a meter/ });
  }

  journal.add("tx-1", { meter: "evse-2" });
  await node.withdraw("evse-2", { forget: true });
  const waiting = await node.forget("evse-2");
  assert.deepEqual(waiting, { outcome: "waiting", reason: "Records of meter evse-2 are not delivered yet" });
  const manager = await client.jetstreamManager();
  await manager.streams.add({ name: "WATTSEAL_OCMF", subjects: ["wattseal.*.*.ocmf"] });
  while (journal.real.undelivered() > 0) {
    node.wakeOutbox();
    await Promise.race([journal.left(0), systemTime.sleep(500)]);
  }

  const change = { meter: "evse-2", meterId: "BY1234567.2024", transactionId: "tx-2", atMs: 0 };
  for (const state of ["starting", "running"] as const) journal.real.change({ ...change, state });
  await assert.rejects(node.forget("evse-2"), { name: "ForgetError", message: /open transaction tx-2/ });
  assert.equal((await stored(client, "evse-2")).includes("status"), true);
  journal.real.change({ ...change, state: "corrupted" });

  const other = newNode({ address: server.address, meters: [new FakeServedMeter("evse-2")] });
  other.start();
  await other.connected;
  await assert.rejects(node.forget("evse-2"), { name: "ForgetError", message: /Another process of site berlin-01/ });
  assert.equal((await stored(client, "evse-2")).includes("status"), true);
  await other.close();

  const { outcome, ...rest } = await node.forget("evse-2");
  assert.deepEqual([outcome, rest], ["forgotten", { states: 3 }]);
  assert.deepEqual(await stored(client, "evse-2"), []);
  assert.equal((await stored(client, "evse-1")).length, 3);
});

Deno.test("NatsNode forgets a meter that was removed while NATS was away, or while the service was stopped", async () => {
  await using server = await startNatsServer();
  const folder = await Deno.makeTempDir({ prefix: "wattseal-test-" });
  try {
    const known = () => openKnownMeters(folder, "wattseal.berlin-01", silentLog);
    const meters = [...two(), new FakeServedMeter("evse-3")];
    {
      await using node = newNode({ address: server.address, meters, knownMeters: known() });
      node.start();
      await node.connected;
      await using client = await newClient(server.address);
      for (const { name } of meters) {
        publishStates(node, name);
        while ((await stored(client, name)).length < 3) await systemTime.sleep(20);
      }
      await server.stop();
      await node.withdraw("evse-3", { forget: true });
      await server.restart();
      while ((await stored(client, "evse-3").catch(() => [""])).length > 0) await systemTime.sleep(20);
      assert.equal((await stored(client, "evse-2")).length, 3);
    }
    await using node = newNode({
      address: server.address,
      meters: [new FakeServedMeter("evse-1")],
      knownMeters: known(),
    });
    node.start();
    await node.connected;
    await using client = await newClient(server.address);
    await forgotten(client, "evse-2");
    assert.equal((await stored(client, "evse-1")).includes("status"), true);
    while (known().names.includes("evse-2")) await systemTime.sleep(20);
    assert.deepEqual(known().names, ["evse-1"]);
    assert.deepEqual(openKnownMeters(folder, "wattseal.paris-01", silentLog).names, []);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("NatsNode keeps the states of a removed meter that another process of the site has now", async () => {
  await using server = await startNatsServer();
  await using client = await newClient(server.address);
  await using other = newNode({ address: server.address, meters: [new FakeServedMeter("evse-2")] });
  other.start();
  await other.connected;
  publishStates(other, "evse-2");
  const knownMeters = unstoredMeters();
  knownMeters.add(["evse-2"]);
  await using node = newNode({ address: server.address, knownMeters });
  node.start();
  await node.connected;
  while (knownMeters.names.includes("evse-2")) await systemTime.sleep(20);
  assert.equal((await stored(client, "evse-2")).length, 3);
});

Deno.test("NatsNode names the missing permission to forget a meter, and forgets it when it is there", async () => {
  const rights = neededRights("node", { ...scope, creates: streamKinds });
  await using server = await startGuardedServer({ site: rights });
  await using client = await newClient(server.address, admin);
  await using node = newNode({
    address: server.address,
    meters: two(),
    options: { user: "site", password: "p" },
  });
  node.start();
  await node.connected;
  publishStates(node, "evse-2");
  await node.withdraw("evse-2", { forget: true });
  const { outcome, reason } = { reason: "", ...await node.forget("evse-2") };
  assert.equal(outcome, "waiting");
  assert.match(
    reason,
    /wattseal fleet site remove berlin-01 --meter evse-2; .*\["\$JS\.API\.STREAM\.PURGE\.WATTSEAL_STATE"\]/,
  );
  assert.deepEqual(node.problems, [reason]);
  // The last states say at least that the meter is gone
  const manager = await client.jetstreamManager();
  const last = await manager.streams.getMessage("WATTSEAL_STATE", { last_by_subj: "wattseal.berlin-01.evse-2.status" });
  assert.equal(statusSchema.parse(last.json()).removed, true);

  await server.change({ site: { ...rights, publish: [...rights.publish, removalRight(scope)] } });
  while ((await node.forget("evse-2")).outcome !== "forgotten");
  assert.deepEqual(await stored(client, "evse-2"), []);
  assert.deepEqual(node.problems.filter((problem) => problem.includes("evse-2")), []);
});

Deno.test("NatsNode does not publish the states of a meter again that an administrator has removed for it", async () => {
  const rights = neededRights("node", { ...scope, creates: streamKinds });
  await using server = await startGuardedServer({ site: rights });
  await using client = await newClient(server.address, admin);
  const options = { user: "site", password: "p" };
  await using node = newNode({ address: server.address, meters: two(), options });
  node.start();
  await node.connected;
  for (const meter of ["evse-1", "evse-2"]) publishStates(node, meter);
  await node.withdraw("evse-2", { forget: true });
  assert.equal((await node.forget("evse-2")).outcome, "waiting");
  const manager = await client.jetstreamManager();
  await manager.streams.purge("WATTSEAL_STATE", { filter: "wattseal.berlin-01.*.>" });
  await server.server.restart();
  while ((await stored(client, "evse-1").catch(() => [])).length < 3) await systemTime.sleep(50);
  assert.deepEqual(await stored(client, "evse-2"), []);
  while (node.problems.some((problem) => problem.includes("evse-2"))) await systemTime.sleep(50);
});

Deno.test("NatsNode forgets no record if the stream that stores the states stores records, too", async () => {
  await using server = await startNatsServer();
  await using client = await newClient(server.address);
  const manager = await client.jetstreamManager();
  await manager.streams.add({ name: "ALL", subjects: ["wattseal.*.*.*", "wattseal.*.*.fault.*"] });
  using journal = new TestJournal();
  await using node = newNode({ address: server.address, meters: two(), journal: journal.outbox });
  node.start();
  await node.connected;
  publishStates(node, "evse-2");
  journal.add("tx-1", { meter: "evse-2" });
  node.wakeOutbox();
  await journal.left(0);
  await node.withdraw("evse-2", { forget: true });
  assert.equal((await node.forget("evse-2")).outcome, "forgotten");
  assert.deepEqual(await stored(client, "evse-2", "ALL"), ["ocmf"]);
});

Deno.test("NatsNode keeps the states of a meter that is added again before they are removed", async () => {
  await using server = await startNatsServer();
  await using client = await newClient(server.address);
  await using node = newNode({ address: server.address, meters: two() });
  node.start();
  await node.connected;
  publishStates(node, "evse-2");
  await node.withdraw("evse-2", { forget: true });
  const attempt = assert.rejects(node.forget("evse-2"), { name: "ForgetError", message: /served again/ });
  node.serve(new FakeServedMeter("evse-2"));
  await attempt;
  const manager = await client.jetstreamManager();
  const last = await manager.streams.getMessage("WATTSEAL_STATE", { last_by_subj: "wattseal.berlin-01.evse-2.status" });
  assert.deepEqual(statusSchema.parse(last.json()).removed, undefined);
});

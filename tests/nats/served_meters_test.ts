import assert from "node:assert/strict";
import type { NatsConnection } from "nats";
import { unstoredMeters } from "../../src/base/known_meters.ts";
import { silentLog } from "../../src/base/log.ts";
import { systemTime } from "../../src/base/time.ts";
import { journalPageSchema, type NodeStatusPayload, nodeStatusSchema } from "../../src/contract/mod.ts";
import { neededRights } from "../../src/nats/needed_rights.ts";
import { streamKinds } from "../../src/nats/streams.ts";
import { openSpool } from "../../src/spool/mod.ts";
import { startGuardedServer } from "../support/guarded_server.ts";
import { startNatsServer } from "../support/nats_server.ts";
import { atMs, deviceFault, FakeServedMeter, reading } from "./fakes.ts";
import { FakeHealth, newClient, newNode } from "./setup.ts";
import { TestJournal } from "./test_journal.ts";
import { instances, newTwin, servingInstances } from "./twin_processes.ts";

const site = "wattseal.berlin-01";

function meterIn(state: FakeServedMeter["meter"]["state"], name: string): FakeServedMeter {
  const served = new FakeServedMeter(name);
  served.meter.state = state;
  return served;
}

/** The state that the process reports on request; undefined: there is no answer. */
async function state(client: NatsConnection, meter: string): Promise<string | undefined> {
  try {
    const answer = await client.request(`${site}.${meter}.status.get`);
    return answer.json<{ state?: string; code?: string }>().state;
  } catch (error) {
    assert.equal(Object(error)["code"], "503");
    return undefined;
  }
}

/** Resolves when a request for the status of a meter has this result. */
async function until(client: NatsConnection, meter: string, wanted: string | undefined): Promise<void> {
  while (await state(client, meter) !== wanted);
}

async function lastStatus(client: NatsConnection): Promise<NodeStatusPayload> {
  const manager = await client.jetstreamManager();
  const { data } = await manager.streams.getMessage("WATTSEAL_STATE", { last_by_subj: `${site}._node.status` });
  return nodeStatusSchema.parse(JSON.parse(new TextDecoder().decode(data)));
}

async function listedMeters(client: NatsConnection): Promise<string[]> {
  const [info] = await Array.fromAsync(await client.services.client().info("wattseal"));
  const names = info?.endpoints.map(({ metadata }) => metadata?.["meter"] ?? "") ?? [];
  return [...new Set(names)].sort();
}

Deno.test("NatsNode serves a meter that is added, and no longer one that is withdrawn, without a gap for the others", async () => {
  await using server = await startNatsServer();
  await using client = await newClient(server.address);
  await using node = newNode({ address: server.address, meters: [new FakeServedMeter("evse-1")] });
  node.start();
  await node.connected;
  let [asked, isOver] = [0, false];
  const others = (async () => {
    while (!isOver) {
      assert.equal(await state(client, "evse-1"), "online");
      asked++;
    }
  })();

  node.serve(meterIn("connecting", "evse-2"));
  await until(client, "evse-2", "connecting");
  assert.deepEqual(Object.keys((await lastStatus(client)).meters), ["evse-1", "evse-2"]);
  assert.deepEqual(await listedMeters(client), ["_node", "evse-1", "evse-2"]);

  node.serve(meterIn("online", "evse-2"));
  assert.equal(await state(client, "evse-2"), "online");

  await node.withdraw("evse-2", { forget: false });
  assert.equal(await state(client, "evse-2"), undefined);
  assert.deepEqual(Object.keys((await lastStatus(client)).meters), ["evse-1"]);
  assert.deepEqual(await listedMeters(client), ["_node", "evse-1"]);
  isOver = true;
  await others;
  const [stats] = await Array.fromAsync(await client.services.client().stats("wattseal"));
  const counted = stats?.endpoints?.find(({ name, subject }) =>
    name === "status_get" && subject === `${site}.evse-1.status.get`
  );
  assert.equal(counted?.num_requests, asked, "requests are counted over the changes");
});

Deno.test("NatsNode answers the requests to a withdrawn meter that have begun", async () => {
  await using server = await startNatsServer();
  await using client = await newClient(server.address);
  const served = new FakeServedMeter("evse-2");
  const [begun, ended] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  served.transactions.stop = async () => {
    begun.resolve();
    await ended.promise;
    return { status: "OK" };
  };
  await using node = newNode({ address: server.address, meters: [new FakeServedMeter("evse-1"), served] });
  node.start();
  await node.connected;
  const stop = client.request(`${site}.evse-2.transaction.stop`, '{"transaction_id":"tx-1"}');
  await begun.promise;
  let isWithdrawn = false;
  const withdrawn = node.withdraw("evse-2", { forget: false }).then(() => isWithdrawn = true);
  await until(client, "evse-2", undefined);
  assert.equal(isWithdrawn, false);
  ended.resolve();
  assert.deepEqual((await stop).json(), { status: "OK" });
  await withdrawn;
});

Deno.test("NatsNode adds and withdraws meters while NATS is away", async () => {
  await using server = await startNatsServer();
  await using node = newNode({
    address: server.address,
    meters: [new FakeServedMeter("evse-1"), new FakeServedMeter("evse-2")],
  });
  node.start();
  await node.connected;
  await server.stop();
  node.serve(meterIn("connecting", "evse-3"));
  await node.withdraw("evse-2", { forget: false });
  await server.restart();
  await using client = await newClient(server.address);
  await until(client, "evse-3", "connecting");
  await until(client, "evse-2", undefined);
  await until(client, "evse-1", "online");
});

Deno.test("NatsNode waits for a twin no longer when it has no meter in common with it any more, and warns of new ones", async () => {
  await using server = await startNatsServer();
  await using client = await newClient(server.address);
  await using first = newTwin({ address: server.address, identity: instances.first, meters: ["evse-1"] });
  await first.start();
  first.node.publishStatus("evse-1");
  const knownMeters = unstoredMeters();
  const meters = ["evse-1", "evse-2"];
  await using second = newTwin({ address: server.address, identity: instances.second, meters, knownMeters });
  await second.start();
  await first.health.raised("DuplicateSite", /evse-1/);
  assert.equal(await state(client, "evse-2"), undefined);

  second.node.publishStatus("evse-1");
  const published = new Set<string>();
  client.subscribe(`${site}.evse-1.status`, {
    callback: (_error, message) => published.add(message.json<{ state: string }>().state),
  });
  await client.flush();
  await second.node.withdraw("evse-1", { forget: true });
  await until(client, "evse-2", "online");
  await second.health.cleared("DuplicateSite");
  await first.health.cleared("DuplicateSite");
  // Its states belong to the first process
  while (knownMeters.names.includes("evse-1")) await systemTime.sleep(20);
  const manager = await client.jetstreamManager();
  await manager.streams.getMessage("WATTSEAL_STATE", { last_by_subj: `${site}.evse-1.status` });

  await client.flush();
  published.delete("online");
  assert.deepEqual([...published], [], "the process that waited has published nothing about the meter of the other");
  second.node.serve(new FakeServedMeter("evse-1"));
  await Promise.all([first, second].map(({ health }) => health.raised("DuplicateSite", /meters evse-1/)));
  assert.deepEqual(await servingInstances(client, 2), ["first", "second"]);

  await second.node.withdraw("evse-1", { forget: true });
  await first.health.cleared("DuplicateSite");
  const last = async () =>
    (await manager.streams.getMessage("WATTSEAL_STATE", { last_by_subj: `${site}.evse-1.status` }))
      .json<{ state: string }>().state;
  while (await last() !== "online") await systemTime.sleep(20);
});

Deno.test("NatsNode clears the faults that an earlier process has left of a meter that is added", async () => {
  await using server = await startNatsServer();
  await using client = await newClient(server.address);
  {
    await using earlier = newNode({ address: server.address, meters: [new FakeServedMeter("evse-2")] });
    earlier.start();
    await earlier.connected;
    earlier.publishFault("evse-2", deviceFault);
  }
  await using node = newNode({ address: server.address });
  node.start();
  await node.connected;
  const faults = client.subscribe(`${site}.evse-2.fault.*`, { max: 1 });
  await client.flush();
  node.serve(new FakeServedMeter("evse-2"));
  for await (const message of faults) assert.equal(message.json<{ active: boolean }>().active, false);
});

Deno.test("NatsNode delivers records and spooled readings of a meter that is withdrawn, and lists only the others", async () => {
  await using server = await startNatsServer();
  await using client = await newClient(server.address);
  using journal = new TestJournal();
  const spool = openSpool({ mode: "memory", maxAgeHours: 1e6, maxMb: 1, folder: "" }, {
    time: systemTime,
    log: silentLog,
  });
  const meters = [new FakeServedMeter("evse-1"), new FakeServedMeter("evse-2")];
  await using node = newNode({ address: server.address, meters, journal: journal.outbox, spool });
  node.publishReading("evse-2", reading);
  const id = journal.add("tx-1", { meter: "evse-2" });
  await node.withdraw("evse-2", { forget: false });
  node.start();
  await journal.left(0);
  const manager = await client.jetstreamManager();
  const message = await manager.streams.getMessage("WATTSEAL_OCMF", { last_by_subj: `${site}.evse-2.ocmf` });
  assert.equal(message.header.get("Nats-Msg-Id"), id);
  while (spool.size > 0) await systemTime.sleep(20);
  await manager.streams.getMessage("WATTSEAL_READINGS", { last_by_subj: `${site}.evse-2.reading` });
  await node.connected;
  const page = journalPageSchema.parse((await client.request(`${site}._node.journal.get`)).json());
  assert.deepEqual([page.meters, page.records.map(({ meter }) => meter)], [["evse-1"], ["evse-2"]]);
  const again = await client.request(`${site}._node.redeliver`, JSON.stringify({ message_ids: [id] }));
  assert.deepEqual(again.json<{ records: number }>().records, 1);

  // The same meter under another name is no second meter with its id
  node.publishReading("evse-1", { ...reading, meterId: "KX1" });
  node.serve(new FakeServedMeter("evse-3"));
  node.publishReading("evse-3", { ...reading, takenAtMs: atMs + 1000 });
  await until(client, "evse-3", "online");
  const other = await manager.streams.getMessage("WATTSEAL_READINGS", { last_by_subj: `${site}.evse-3.reading` });
  assert.equal(other.header.get("Nats-Msg-Id"), "BY1234567.2024:2026-01-31T08:00:01.250Z");
});

Deno.test("NatsNode names the missing permissions of a meter that is added, until it is withdrawn", async () => {
  const rights = neededRights("node", {
    prefix: "wattseal",
    site: "berlin-01",
    inboxPrefix: "_INBOX",
    creates: streamKinds,
  });
  const own = {
    ...rights,
    publish: [`${site}.evse-1.>`, `${site}._node.>`, ...rights.publish.filter((subject) => subject !== `${site}.>`)],
    subscribe: rights.subscribe.map((subject) => subject.replace(/berlin-01\.\*\./, "berlin-01.evse-1.")),
  };
  await using server = await startGuardedServer({
    site: { ...own, subscribe: [...own.subscribe, `${site}._node.*.get`] },
  });
  const health = new FakeHealth();
  await using node = newNode({ address: server.address, health, options: { user: "site", password: "p" } });
  node.start();
  await node.connected;
  assert.equal(node.problems.length, 0);
  node.serve(new FakeServedMeter("evse-2"));
  await health.raised("AccessDenied", /evse-2\.status.*add publish: \{ allow: \["wattseal\.berlin-01\.>"\] \}/);
  await health.raised("AccessDenied", /to subscribe to .*evse-2\.transaction\.start/);
  await node.withdraw("evse-2", { forget: false });
  assert.deepEqual(node.problems.filter((problem) => problem.includes("evse-2")), []);
});

Deno.test("NatsNode checks that the stream of records has the subject of each meter that is served now", async () => {
  await using server = await startNatsServer();
  await using client = await newClient(server.address);
  const manager = await client.jetstreamManager();
  await manager.streams.add({ name: "WATTSEAL_OCMF", subjects: [`${site}.evse-1.ocmf`] });
  const health = new FakeHealth();
  await using node = newNode({ address: server.address, health });
  node.start();
  await node.connected;
  assert.equal(health.message("StreamUnsafe"), undefined);
  node.serve(new FakeServedMeter("evse-2"));
  await health.raised("StreamUnsafe", /evse-2\.ocmf/);
  await node.withdraw("evse-2", { forget: true });
  await health.cleared("StreamUnsafe");
});

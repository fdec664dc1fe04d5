import assert from "node:assert/strict";
import { type NatsConnection, RequestStrategy } from "nats";
import { openSpool } from "../../src/spool/mod.ts";
import { silentLog } from "../../src/base/log.ts";
import { systemTime } from "../../src/base/time.ts";
import type { MeterState } from "../../src/meter/mod.ts";
import type { NatsNodeParts } from "../../src/nats/mod.ts";
import { FakeTime } from "../support/fake_time.ts";
import { type NatsServer, startNatsServer } from "../support/nats_server.ts";
import { freeAddress } from "../support/own_address.ts";
import { TcpProxy } from "../support/tcp_proxy.ts";
import { atMs, FakePost, reading } from "./fakes.ts";
import { emptyJournal, FakeHealth, newClient, newNode, type NodeSetup } from "./setup.ts";

/** A process that can be told from its twins: the state of its meters differs. */
function newTwin({ state = "online", meters = ["evse-1"], ...setup }: Omit<NodeSetup, "meters" | "health"> & {
  readonly state?: MeterState;
  readonly meters?: readonly string[];
}) {
  const posts = meters.map((name) => new FakePost(name));
  for (const { meter } of posts) meter.state = state;
  const health = new FakeHealth();
  const node = newNode({ ...setup, meters: posts, health });
  const start = (): Promise<void> => {
    node.start();
    return node.connected;
  };
  return { node, health, start, [Symbol.asyncDispose]: () => node.close() };
}

/** The states in the answers to many requests: which processes serve the meter. */
async function answering(client: NatsConnection, meter = "evse-1"): Promise<string[]> {
  const states = new Set<string>();
  for (let count = 0; count < 30; count++) {
    const answer = await client.request(`wattseal.berlin-01.${meter}.status.get`);
    states.add(String(answer.json<Record<string, unknown>>()["state"]));
  }
  return [...states].sort();
}

/** Resolves when a process serves the meter. */
async function served(client: NatsConnection): Promise<void> {
  while (!(await client.request("wattseal.berlin-01.evse-1.status.get").then(() => true, () => false)));
}

const instances = { first: { instance: "first" }, second: { instance: "second" } };

Deno.test("NatsNode serves nothing while a twin serves, both say so, and it begins when the twin ends", async () => {
  await using server = await startNatsServer();
  await using client = await newClient(server.address);
  const spool = openSpool({ mode: "memory", maxAgeHours: 1e6, maxMb: 1, folder: "" }, {
    time: systemTime,
    log: silentLog,
  });
  await using first = newTwin({ address: server.address, identity: instances.first, meters: ["evse-1", "evse-3"] });
  await first.start();
  await using second = newTwin({
    address: server.address,
    identity: instances.second,
    meters: ["evse-1", "evse-2"],
    state: "offline",
    spool,
    // No pause ends by itself: it is woken
    time: new FakeTime(),
  });
  await second.start();

  const active = await first.health.raised("DuplicateSite", /instance second/);
  assert.match(active, /waits until this one is gone.*client \d+ at [\d.]+ on server .*meters evse-1\. Give one/);
  const passive = await second.health.raised("DuplicateSite", /instance first/);
  assert.match(passive, /does not serve its meters.*meters evse-1\. Give one of the two another site/);
  assert.deepEqual(await answering(client), ["online"]);
  await assert.rejects(client.request("wattseal.berlin-01.evse-2.status.get"), { code: "503" });

  const heard: string[] = [];
  const all = client.subscribe("wattseal.berlin-01.>");
  await client.flush();
  for (const { node } of [second, first]) {
    node.publishReading("evse-1", reading);
    node.publishStatus("evse-1");
    node.publishPublicKey("evse-1");
    node.publishNodeStatus();
    node.publishFault("evse-1", { subType: "DeviceStateError", active: true, message: "", sinceMs: atMs, atMs });
  }
  second.node.publishNodeFault({ subType: "DuplicateSite", active: true, message: passive, sinceMs: atMs, atMs });
  for await (const { subject, data } of all) {
    if (subject.includes("._node.instance.")) continue;
    const text = new TextDecoder().decode(data);
    if (/"state":"offline"|"instance":"second"/.test(text)) assert.fail(`published by the passive one: ${text}`);
    heard.push(subject.slice("wattseal.berlin-01.".length));
    if (heard.includes("_node.fault.DuplicateSite") && heard.includes("evse-1.fault.DeviceStateError")) break;
  }
  assert.deepEqual(heard.sort(), [
    "_node.fault.DuplicateSite",
    "_node.status",
    "evse-1.fault.DeviceStateError",
    "evse-1.public_key",
    "evse-1.reading",
    "evse-1.status",
  ]);
  assert.equal(spool.size, 0);

  await first.node.close();
  await second.health.cleared("DuplicateSite");
  await served(client);
  assert.deepEqual(await answering(client), ["offline"]);
  const status = client.subscribe("wattseal.berlin-01._node.status", { max: 1 });
  await client.flush();
  second.node.publishNodeStatus();
  for await (const message of status) assert.equal(message.json<Record<string, unknown>>()["instance"], "second");
  spool.close();
});

Deno.test("NatsNode clears the faults that its twin left when that is gone", async () => {
  await using server = await startNatsServer();
  await using client = await newClient(server.address);
  await using first = newTwin({ address: server.address, identity: instances.first });
  await first.start();
  await using second = newTwin({ address: server.address, identity: instances.second });
  await second.start();
  await first.health.raised("DuplicateSite");
  const own = { subType: "DiskSpaceLow", message: "", sinceMs: atMs, atMs } as const;
  const theirs = { ...own, subType: "RecordsUndelivered" } as const;
  first.node.publishNodeFault({ ...own, active: true });
  await client.flush();
  second.node.publishNodeFault({ ...own, active: false });
  second.node.publishNodeFault({ ...theirs, active: true });
  await client.flush();
  await second.node.close();
  const manager = await client.jetstreamManager();
  const isActive = async (subType: string) => {
    const subject = `wattseal.berlin-01._node.fault.${subType}`;
    const found = await manager.streams.getMessage("WATTSEAL_STATE", { last_by_subj: subject });
    return found.json<Record<string, unknown>>()["active"];
  };
  while (await isActive("RecordsUndelivered") || !(await isActive("DiskSpaceLow"))) await client.flush();
});

Deno.test("NatsNode delivers records while a twin serves its meters", async () => {
  await using server = await startNatsServer();
  await using first = newTwin({ address: server.address });
  await first.start();
  const asked = Promise.withResolvers<void>();
  const journal: NatsNodeParts["journal"] = {
    ...emptyJournal,
    outbox: () => {
      asked.resolve();
      return [];
    },
  };
  await using second = newTwin({ address: server.address, journal });
  await second.start();
  await second.health.raised("DuplicateSite");
  await asked.promise;
});

Deno.test("NatsNode serves in exactly one of several processes that start at the same moment", async () => {
  await using server = await startNatsServer();
  await using client = await newClient(server.address);
  const states = ["online", "offline", "connecting"] as const;
  for (let attempt = 0; attempt < 4; attempt++) {
    await using parts = new AsyncDisposableStack();
    const twins = states.map((state) => parts.use(newTwin({ address: server.address, state })));
    await Promise.all(twins.map((twin) => twin.start()));
    assert.equal((await answering(client)).length, 1);
    await Promise.all(twins.map(({ health }) => health.raised("DuplicateSite")));
  }
});

Deno.test("NatsNode serves beside a process of the same site that has other meters", async () => {
  await using server = await startNatsServer();
  await using client = await newClient(server.address);
  await using first = newTwin({ address: server.address, meters: ["evse-1"] });
  await using second = newTwin({ address: server.address, meters: ["evse-2"], state: "offline" });
  await Promise.all([first.start(), second.start()]);
  assert.deepEqual([await answering(client, "evse-1"), await answering(client, "evse-2")], [["online"], ["offline"]]);
  assert.deepEqual([first.health.faults, second.health.faults], [[], []]);
});

Deno.test("NatsNode serves although the server still has the subscriptions of the process before it", async () => {
  await using server = await startNatsServer();
  await using proxy = new TcpProxy(server.address);
  await using client = await newClient(server.address);
  await using dead = newTwin({ address: proxy.address, identity: instances.first });
  await dead.start();
  proxy.goDeaf();
  await using next = newTwin({ address: server.address, identity: { instance: "second", replaces: "first" } });
  await next.start();
  assert.deepEqual(await servingInstances(client), ["second"]);
  assert.deepEqual(next.health.faults, []);
});

Deno.test("NatsNode goes on in both processes where a twin began while the first one was cut off, and both say so", async () => {
  await using server = await startNatsServer();
  await using proxy = new TcpProxy(server.address);
  await using first = newTwin({ address: proxy.address, identity: instances.first });
  await first.start();
  proxy.goDeaf();
  await using second = newTwin({ address: server.address, identity: instances.second });
  await second.start();
  assert.deepEqual(second.health.faults, []);
  proxy.cut();
  await first.health.raised("DuplicateSite", /requests reach either of the two.*instance second/);
  await second.health.raised("DuplicateSite", /requests reach either of the two.*instance first/);
  await using client = await newClient(server.address);
  assert.deepEqual(await servingInstances(client, 2), ["first", "second"]);
});

Deno.test("NatsNode asks again where the server was lost before it knew whether it serves", async () => {
  await using server = await startNatsServer();
  await using client = await newClient(server.address);
  const question = client.subscribe("wattseal.berlin-01._node.instance.get", { max: 1 });
  await client.flush();
  await using node = newTwin({ address: server.address });
  const started = node.start();
  for await (const _message of question) await server.stop("SIGKILL");
  await server.restart();
  await started;
  await served(client);
  assert.deepEqual(node.health.faults, []);
});

Deno.test("NatsNode finds a twin on another edge of the same hub", async () => {
  const leafAddress = freeAddress();
  await using _hub = await startNatsServer({ jetstream: false, config: `leafnodes { listen: "${leafAddress}" }` });
  const edgeConfig = (name: string) =>
    `server_name: ${name}
leafnodes { remotes: [{ url: "nats://${leafAddress}", deny_imports: ["wattseal.*.*.reading", "wattseal.*.*.status"] }] }`;
  await using one = await startNatsServer({ jetstream: "domain: one", config: edgeConfig("one") });
  await using two = await startNatsServer({ jetstream: "domain: two", config: edgeConfig("two") });
  await using first = newTwin({ address: one.address, identity: instances.first });
  await first.start();
  await using client = await newClient(two.address);
  await served(client);
  await using second = newTwin({ address: two.address, identity: instances.second, state: "offline" });
  await second.start();
  await second.health.raised("DuplicateSite", /instance first.*on server one/);
  await first.health.raised("DuplicateSite", /instance second.*on server two/);
  assert.deepEqual(await answering(client), ["online"]);
});

Deno.test("NatsNode begins when its twin has been silent for four rounds of questions", async () => {
  await using server = await startNatsServer();
  await using proxy = new TcpProxy(server.address);
  await using client = await newClient(server.address);
  await using first = newTwin({ address: proxy.address, identity: instances.first });
  await first.start();
  const time = new FakeTime();
  await using second = newTwin({ address: server.address, identity: instances.second, time });
  await second.start();
  await second.health.raised("DuplicateSite");
  proxy.goDeaf();
  await passRounds(time, second.health.cleared("DuplicateSite"));
  assert.deepEqual(await servingInstances(client), ["second"]);
});

Deno.test("NatsNode waits for an earlier release that serves its meter, until that is gone", async () => {
  await using server = await startNatsServer();
  await using client = await newClient(server.address);
  await using old = await serveAsEarlierRelease(server);
  const time = new FakeTime();
  await using node = newTwin({ address: server.address, time });
  await node.start();
  await node.health.raised("DuplicateSite", /an earlier release/);
  assert.deepEqual(await answering(client), ["offline"]);
  await assert.rejects(servingInstances(client), { code: "503" });
  await old.close();
  await passRounds(time, node.health.cleared("DuplicateSite"));
  assert.deepEqual(await answering(client), ["online"]);
});

Deno.test("NatsNode believes only answers to its own question", async () => {
  await using server = await startNatsServer();
  await using client = await newClient(server.address);
  const subject = "wattseal.berlin-01._node.instance.get";
  let forgeries = 0;
  const forged = () => JSON.stringify({ instance: `forged-${++forgeries}`, state: "active", meters: ["evse-1"] });
  client.subscribe(subject, {
    callback: (_error, { reply }) => {
      if (reply !== undefined && reply !== "") client.publish(subject, forged());
    },
  });
  await client.flush();
  await using node = newTwin({ address: server.address, identity: instances.first });
  await node.start();
  assert.deepEqual(await answering(client), ["online"]);
  assert.deepEqual(node.health.faults, []);
  const answer = (await client.request(subject)).json<Record<string, unknown>>();
  assert.deepEqual([answer["instance"], answer["state"], answer["meters"]], ["first", "active", ["evse-1"]]);
});

/** The processes that serve meters, as so many answers of the micro service name them. */
async function servingInstances(client: NatsConnection, count = 1): Promise<string[]> {
  const options = { strategy: RequestStrategy.Count, maxMessages: count, maxWait: 30_000 };
  const services = await Array.fromAsync(await client.services.client(options).ping("wattseal"));
  return services.map(({ metadata }) => metadata?.["instance"] ?? "").sort();
}

/** Lets the pauses between questions pass until `work` has ended; the answers take their own time. */
async function passRounds(time: FakeTime, work: Promise<void>): Promise<void> {
  let isDone = false;
  work.then(() => isDone = true);
  while (!isDone) {
    await time.advance(1_000);
    await systemTime.sleep(50);
  }
}

async function serveAsEarlierRelease(server: NatsServer): Promise<NatsConnection & AsyncDisposable> {
  const connection = await newClient(server.address);
  const status = {
    state: "offline",
    transaction: { state: "idle" },
    since: "2026-01-31T08:00:00.000Z",
    timestamp: "2026-01-31T08:00:00.000Z",
  };
  connection.subscribe("wattseal.berlin-01.evse-1.status.get", {
    queue: "q",
    callback: (_error, message) => void message.respond(JSON.stringify(status)),
  });
  await connection.flush();
  return connection;
}

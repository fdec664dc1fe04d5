import assert from "node:assert/strict";
import { systemTime, type Time } from "../../src/base/time.ts";
import { neededRights, responsesText, type Rights } from "../../src/nats/needed_rights.ts";
import { type StreamKind, streamKinds } from "../../src/nats/streams.ts";
import { admin, startGuardedServer } from "../support/guarded_server.ts";
import { reading } from "./fakes.ts";
import { Logged } from "./logged.ts";
import { defaultStreams, FakeHealth, newClient, newNode } from "./setup.ts";

/** A time in which the long pauses between two retries are short. */
const hasty: Time = {
  now: () => systemTime.now(),
  mono: () => systemTime.mono(),
  sleep: (ms, signal) => systemTime.sleep(ms >= 20_000 ? 200 : ms, signal),
};

/** The streams of a configuration in which a meter has intervals. */
const allStreams = { ...defaultStreams, intervals: { enabled: true, replicas: 1, maxAgeDays: 400 } };

/** The permissions of a node with its own prefix, so that many nodes on one server are independent. */
function rightsOf(prefix: string, creates: readonly StreamKind[] = streamKinds): Rights {
  return neededRights("node", { prefix, site: "berlin-01", inboxPrefix: `_INBOX_${prefix}`, creates });
}

function newGuardedNode(address: string, prefix: string, setup: Partial<Parameters<typeof newNode>[0]> = {}) {
  const [log, health] = [new Logged(), new FakeHealth()];
  const user = { user: prefix, password: "p", subjectPrefix: prefix, inboxPrefix: `_INBOX_${prefix}` };
  const node = newNode({ address, log, health, ...setup, options: { ...user, streams: allStreams, ...setup.options } });
  return Object.assign(node, { log, health });
}

/** A missing permission of a node: how to remove it, and the line that must be named. */
interface Missing {
  readonly line: string;
  readonly rights: (all: Rights) => Rights;
  readonly setup?: Partial<Parameters<typeof newNode>[0]>;
}

function missing(): Missing[] {
  const { publish, subscribe, allowResponses } = rightsOf("PREFIX");
  const without = (list: readonly string[], place: number) => list.toSpliced(place, 1);
  return [
    ...publish.map((subject, place): Missing => ({
      line: `publish: { allow: ["${subject}"] }`,
      rights: (all) => ({ ...all, publish: without(all.publish, place) }),
      // Streams are searched by subject if our stream does not exist
      ...(subject.endsWith(".NAMES") && {
        setup: { options: { streams: { ...allStreams, ocmf: { ...defaultStreams.ocmf, enabled: false } } } },
      }),
    })),
    ...subscribe.map((subject, place): Missing => ({
      line: `subscribe: { allow: ["${subject}"] }`,
      rights: (all) => ({ ...all, subscribe: without(all.subscribe, place) }),
    })),
    {
      line: `allow_responses: ${allowResponses && responsesText(allowResponses)}`,
      rights: ({ publish, subscribe }) => ({ publish, subscribe }),
    },
  ];
}

Deno.test("NatsNode names the line of each missing permission, and connects anyway", async () => {
  const cases = missing().map((one, place) => ({ ...one, prefix: `W${place}` }));
  await using server = await startGuardedServer(
    Object.fromEntries(cases.map(({ prefix, rights }) => [prefix, rights(rightsOf(prefix))])),
  );
  await Promise.all(cases.map(async ({ prefix, line, setup }) => {
    await using node = newGuardedNode(server.address, prefix, setup);
    node.start();
    await node.connected;
    // Refusals arrive one by one
    const message = await node.health.raised("AccessDenied", { test: (said) => node.problems.includes(said) });
    const named = line.replaceAll("PREFIX", prefix);
    assert.ok(message.endsWith(`add ${named} to the permissions of this user`), `${named}: ${message}`);
  }));
});

Deno.test("NatsNode needs no other permissions than those in the list", async () => {
  await using server = await startGuardedServer({ wattseal: rightsOf("wattseal") });
  await using node = newGuardedNode(server.address, "wattseal");
  node.start();
  await node.connected;
  node.publishReading("evse-1", reading);
  await using client = await newClient(server.address, admin);
  await client.request("wattseal.berlin-01.evse-1.transaction.start", "{}");
  const [found] = await Array.fromAsync(await client.services.client().ping("wattseal"));
  assert.equal(found?.name, "wattseal");
  assert.deepEqual(node.problems, []);
  assert.equal(node.log.count(/NATS refuses/), 0);
});

Deno.test("NatsNode serves the permitted endpoints, with or without discovery", async () => {
  const all = rightsOf("wattseal");
  const without = (pattern: RegExp) => ({
    wattseal: { ...all, subscribe: all.subscribe.filter((subject) => !pattern.test(subject)) },
  });
  await using server = await startGuardedServer(without(/transaction/));
  await using client = await newClient(server.address, admin);
  await using node = newGuardedNode(server.address, "wattseal", { time: hasty });
  node.start();
  await node.connected;
  const status = () => client.request("wattseal.berlin-01.evse-1.status.get");
  const start = () => client.request("wattseal.berlin-01.evse-1.transaction.start", "{}");
  const endpoints = async () => {
    const [info] = await Array.fromAsync(await client.services.client().info("wattseal"));
    return info?.endpoints.map(({ name }) => name);
  };
  await status();
  await assert.rejects(start(), { code: "503" });
  assert.equal((await endpoints())?.includes("transaction_start"), false);

  // The server removes and adds permissions on existing connections
  await server.change(without(/\$SRV|\.get/));
  await node.health.raised("AccessDenied", {
    test: (message) => message.includes("$SRV") && !message.includes("transaction"),
  });
  await start();
  await assert.rejects(endpoints(), { code: "503" });

  await server.change(without(/nothing/));
  await node.health.cleared("AccessDenied");
  await status();
  await start();
  assert.equal((await endpoints())?.includes("transaction_start"), true);
});

Deno.test("NatsNode serves an endpoint again whose permission was removed and restored", async () => {
  const all = rightsOf("wattseal");
  await using server = await startGuardedServer({ wattseal: all });
  await using client = await newClient(server.address, admin);
  await using node = newGuardedNode(server.address, "wattseal", { time: hasty });
  node.start();
  await node.connected;
  const start = () => client.request("wattseal.berlin-01.evse-1.transaction.start", "{}");
  await server.change({
    wattseal: { ...all, subscribe: all.subscribe.filter((subject) => !subject.includes("transaction")) },
  });
  await node.health.raised("AccessDenied");
  await assert.rejects(start(), { code: "503" });
  await client.request("wattseal.berlin-01.evse-1.status.get");
  await server.change({ wattseal: all });
  await node.health.cleared("AccessDenied");
  await start();
});

Deno.test("NatsNode removes the fault for permissions that were added while it was not connected", async () => {
  const all = rightsOf("wattseal");
  await using server = await startGuardedServer({ wattseal: { publish: ["none"], subscribe: all.subscribe } });
  await using node = newGuardedNode(server.address, "wattseal");
  node.start();
  await node.connected;
  await node.health.raised("AccessDenied", /wattseal\.berlin-01\.>/);
  await server.server.stop();
  await server.change({ wattseal: all });
  await server.server.restart();
  await node.health.cleared("AccessDenied");
  assert.deepEqual(node.problems, []);
});

Deno.test("NatsNode removes the fault for permissions that were added during its connection", async () => {
  const all = rightsOf("wattseal");
  await using server = await startGuardedServer({ wattseal: { ...all, publish: all.publish.slice(1) } });
  // Ten minutes without a refusal pass in a few seconds
  const time = { ...hasty, mono: () => systemTime.mono() * 300 };
  await using node = newGuardedNode(server.address, "wattseal", { time });
  node.start();
  await node.connected;
  await node.health.raised("AccessDenied", /publish/);
  await server.change({ wattseal: all });
  await node.health.cleared("AccessDenied");
  assert.equal(node.log.count(/Connected to NATS/), 1);
});

Deno.test("NatsNode reports no missing permission if only its request to itself is refused", async () => {
  const all = rightsOf("wattseal");
  const own = ["reading", "public_key", "status", "status.get", "instance.get", "ocmf", "fault.*"].map((what) =>
    `wattseal.berlin-01.*.${what}`
  );
  await using server = await startGuardedServer({ wattseal: { ...all, publish: [...own, ...all.publish.slice(1)] } });
  await using node = newGuardedNode(server.address, "wattseal");
  node.start();
  await node.connected;
  assert.deepEqual(node.problems, []);
});

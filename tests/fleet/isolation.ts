import assert from "node:assert/strict";
import { connect, type ConnectionOptions, ErrorCode, type NatsConnection } from "nats";
import { Logged } from "../nats/logged.ts";
import { newNode } from "../nats/setup.ts";
import type { Edge } from "./edge_server.ts";
import { passwordOf, variableOf } from "./nats_files.ts";

/** A hub, and the connections of its users. */
export interface Hub {
  readonly administrator: ConnectionOptions;
  readonly controller: ConnectionOptions;
  readonly viewer: ConnectionOptions;
  readonly replicas: number;
}

/** Checks that two edges of one hub are isolated. */
export async function assertIsolated(t: Deno.TestContext, hub: Hub, edges: readonly [Edge, Edge]): Promise<void> {
  await using owned = new AsyncDisposableStack();
  const connected = async (options: ConnectionOptions): Promise<NatsConnection> => {
    const connection = await connect({ timeout, maxReconnectAttempts: -1, ...options });
    owned.defer(() => connection.close());
    return connection;
  };
  const [administrator, controller, viewer] = [
    await connected(hub.administrator),
    await connected(hub.controller),
    await connected(hub.viewer),
  ];
  const locals = await Promise.all(edges.map(({ address }) => connected(administratorOf(address))));
  const [here, there] = locals;
  const [{ site }, { site: other }] = edges;
  assert.ok(here !== undefined && there !== undefined);

  await t.step("the services create their streams, with subjects of all sites", async () => {
    for (const { site, address } of edges) {
      const log = new Logged();
      const node = owned.use(newNode({ address, log, options: nodeOf(site) }));
      node.start();
      await log.seen(/Created a stream.*WATTSEAL_STATE/);
    }
  });

  await t.step("the hub's stream receives the records of both", async () => {
    const manager = await administrator.jetstreamManager({ timeout });
    const sources = edges.map(({ site }) => ({
      name: "WATTSEAL_OCMF",
      external: { api: `$JS.${site}.API`, deliver: "" },
    }));
    // A new cluster may not know all of its servers yet.
    await until(async () => {
      await manager.streams.add({ name: "WATTSEAL_OCMF", sources, num_replicas: hub.replicas });
      return true;
    });
    for (const [index, local] of locals.entries()) {
      const subject = `wattseal.${edges[index]?.site}.evse-1.ocmf`;
      await local.jetstream({ timeout }).publish(subject, "record", { msgID: subject });
    }
    await until(async () => (await manager.streams.info("WATTSEAL_OCMF")).state.messages === 2);
  });

  await t.step("a request from the hub reaches its site and gets a reply", async () => {
    for (const { site } of edges) {
      await until(async () => {
        const answer = await controller.request(`wattseal.${site}.evse-1.transaction.status`, "{}", { timeout: 1_000 });
        return answer.json<{ status: string }>().status === "OK";
      });
      // Every form of a request, because a hub may treat them differently
      await viewer.request(`wattseal.${site}.evse-1.status.get`, "", { timeout });
      for (const suffix of ["evse-1.acknowledge", "_node.schemas.get", "_node.redeliver"]) {
        await administrator.request(`wattseal.${site}.${suffix}`, "{}", { timeout });
      }
    }
  });

  await t.step("the hub finds the services of both", async () => {
    const sites = new Set<string>();
    await until(async () => {
      const found = await viewer.requestMany("$SRV.PING.wattseal", "", { maxWait: 500 });
      for await (const message of found) sites.add(message.json<{ metadata: { site: string } }>().metadata.site);
      return sites.size === 2;
    });
    assert.deepEqual([...sites].sort(), [site, other].sort());
  });

  await t.step("an edge cannot send requests to another site", async () => {
    await assert.rejects(
      there.request(`wattseal.${site}.evse-1.transaction.stop`, "{}", { timeout }),
      ({ code }) => code === ErrorCode.NoResponders,
    );
    await assert.rejects(
      there.request(`$JS.${site}.API.STREAM.INFO.WATTSEAL_OCMF`, "", { timeout }),
      ({ code }) => code === ErrorCode.NoResponders,
    );
  });

  await t.step("an edge can answer the process for EVerest of its own site alone", async () => {
    const [answers, passed] = [new Set<string>(), new Set<string>()];
    administrator.subscribe("_INBOX_everest.>", { callback: (_error, { subject }) => void answers.add(subject) });
    administrator.subscribe("_INBOX.passed.*", { callback: (_error, { subject }) => void passed.add(subject) });
    for (const [index, local] of locals.entries()) {
      const marker = `_INBOX.passed.${index}`;
      await until(async () => {
        for (const asked of edges) local.publish(`_INBOX_everest.${asked.site}.from.${edges[index]?.site}`);
        local.publish(marker);
        await local.flush();
        return passed.has(marker);
      });
    }
    assert.deepEqual([...answers].sort(), edges.map(({ site }) => `_INBOX_everest.${site}.from.${site}`).sort());
  });

  await t.step("an edge receives nothing from another site, also with a wildcard subscription", async () => {
    const seen: string[] = [];
    there.subscribe("wattseal.>", { callback: (_error, { subject }) => void seen.push(subject) });
    await there.flush();
    // A request through the hub proves that the subscription is known there, and that earlier messages have arrived.
    const settled = () => controller.request(`wattseal.${other}.evse-1.transaction.status`, "{}", { timeout });
    await settled();
    for (const end of ["reading", "ocmf", "status", "public_key", "fault.CommunicationError"]) {
      here.publish(`wattseal.${site}.evse-1.${end}`, "{}");
      administrator.publish(`wattseal.${site}.evse-9.${end}`, "{}");
      administrator.publish(`wattseal.${other}.evse-9.${end}`, "{}");
    }
    await Promise.all([here.flush(), administrator.flush()]);
    await controller.request(`wattseal.${site}.evse-1.transaction.status`, "{}", { timeout });
    await settled();
    assert.deepEqual(seen.filter((subject) => !subject.startsWith(`wattseal.${other}.evse-1.transaction`)), []);
  });

  await t.step("the streams of each edge contain only its own site", () => assertOwnSite(edges));
}

/**
 * Checks that messages published at one edge are in no stream of the other, although its subjects match all sites.
 */
export async function assertStreamsApart(edges: readonly [Edge, Edge]): Promise<void> {
  await using owned = new AsyncDisposableStack();
  for (const { site, address } of edges) {
    const log = new Logged();
    const node = owned.use(newNode({ address, log, options: nodeOf(site) }));
    node.start();
    await log.seen(/Created a stream.*WATTSEAL_STATE/);
  }
  const [{ address, site }, { address: otherAddress }] = edges;
  const here = await connect({ ...administratorOf(address), timeout });
  owned.defer(() => here.close());
  const there = await connect({ ...administratorOf(otherAddress), timeout });
  owned.defer(() => there.close());
  const passed = Promise.withResolvers<void>();
  there.subscribe("passed", { callback: () => passed.resolve() });
  await there.flush();
  for (const end of ["reading", "ocmf", "status", "public_key", "fault.CommunicationError"]) {
    here.publish(`wattseal.${site}.evse-1.${end}`, "{}");
  }
  // The arrival of a later message proves that earlier ones could have arrived.
  await until(async () => {
    here.publish("passed");
    await Promise.race([passed.promise, new Promise((_, reject) => setTimeout(reject, 100))]);
    return true;
  });
  await assertOwnSite(edges);
}

async function assertOwnSite(edges: readonly Edge[]): Promise<void> {
  for (const { site, address } of edges) {
    const connection = await connect({ ...administratorOf(address), timeout });
    const manager = await connection.jetstreamManager({ timeout });
    const subjects = await Promise.all(["WATTSEAL_OCMF", "WATTSEAL_READINGS", "WATTSEAL_STATE"].map(async (stream) => {
      const { state } = await manager.streams.info(stream, { subjects_filter: ">" });
      return Object.keys(state.subjects ?? {});
    }));
    await connection.close();
    const own = new RegExp(`^wattseal\\.${site}\\.(evse-1|_node)\\.`);
    assert.deepEqual(subjects.flat().filter((subject) => !own.test(subject)), []);
    assert.ok(subjects.flat().length > 0);
  }
}

const timeout = 30_000;

function administratorOf(address: string): ConnectionOptions {
  return { servers: address, user: "administrator", pass: passwordOf("ADMINISTRATOR_PASSWORD") };
}

function nodeOf(site: string) {
  return { site, user: site, password: passwordOf(`${variableOf(site)}_PASSWORD`), inboxPrefix: `_INBOX_${site}` };
}

/** Retries until it succeeds, because interest and sources propagate with a delay. @throws the last error */
export async function until(holds: () => Promise<boolean>): Promise<void> {
  for (const end = performance.now() + 2 * timeout;;) {
    try {
      if (await holds()) return;
      assert.ok(performance.now() < end, "the condition never held");
    } catch (error) {
      if (performance.now() >= end) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

import assert from "node:assert/strict";
import type { NatsConnection } from "nats";
import { type NatsServer, startNatsServer } from "../support/nats_server.ts";
import { endpointOf, freeAddress } from "../support/own_address.ts";
import { defaultStreams, newClient, newNode } from "./setup.ts";

const sites = ["berlin", "paris", "rome"];

Deno.test("the streams of an edge store no messages of other edges with scope site, and all messages with scope all", async () => {
  await using owned = new AsyncDisposableStack();
  const address = freeAddress();
  const leaves = `${endpointOf(address).hostname}:7422`;
  owned.use(
    await startNatsServer({ address, jetstream: "domain: hub", config: `leafnodes { listen: "${leaves}" }` }),
  );
  const edges: Edge[] = [];
  for (const site of sites) {
    const config = `leafnodes { remotes: [{ url: "nats-leaf://${leaves}" }] }`;
    const server = owned.use(await startNatsServer({ jetstream: `domain: ${site}`, config }));
    edges.push({ site, server, client: owned.use(await newClient(server.address)) });
  }
  for (const [scope, stored] of [["all", sites.length], ["site", 1]] as const) {
    await using nodes = new AsyncDisposableStack();
    for (const { site, server } of edges) {
      const node = nodes.use(
        newNode({ address: server.address, options: { site, streams: { ...defaultStreams, scope } } }),
      );
      node.start();
      await node.connected;
    }
    const heard = edges.map(({ client }) => hears(client, "wattseal.*.evse-1.*", 2 * sites.length));
    await allHearEachOther(edges);
    for (const edge of edges) {
      await publish(edge, "ocmf");
      await publish(edge, "reading");
    }
    await Promise.all(heard);
    for (const edge of edges) {
      assert.equal(await storedIn(edge, "OCMF", stored), stored, `records of ${edge.site} with scope ${scope}`);
      assert.equal(await storedIn(edge, "READINGS", stored), stored, `readings of ${edge.site} with scope ${scope}`);
    }
    await nodes.disposeAsync();
    for (const { client } of edges) {
      const manager = await client.jetstreamManager();
      for await (const name of manager.streams.names()) await manager.streams.delete(name);
    }
  }
});

interface Edge {
  readonly site: string;
  readonly server: NatsServer;
  readonly client: NatsConnection;
}

async function publish({ site, client }: Edge, suffix: string): Promise<void> {
  const ack = await client.jetstream({ timeout: 30_000 }).publish(`wattseal.${site}.evse-1.${suffix}`, "{}");
  assert.ok(ack.stream.startsWith("WATTSEAL_"));
}

/** Number of messages in a stream, after a message that is published last is stored. */
async function storedIn(edge: Edge, kind: string, minCount: number): Promise<number> {
  const manager = await edge.client.jetstreamManager();
  const messages = async () => {
    const { state } = await manager.streams.info(`WATTSEAL_${kind}`, { subjects_filter: "wattseal.*.evse-1.*" });
    return Object.values(state.subjects ?? {}).reduce((sum, count) => sum + count, 0);
  };
  const suffix = kind === "OCMF" ? "ocmf" : "reading";
  await edge.client.jetstream({ timeout: 30_000 }).publish(`wattseal.${edge.site}.last.${suffix}`, "{}");
  while (await messages() < minCount);
  return await messages();
}

/** Resolves when a client has received `count` messages. */
async function hears(client: NatsConnection, subject: string, count: number): Promise<void> {
  const subscription = client.subscribe(subject, { max: count });
  for await (const _message of subscription);
}

/** Resolves when messages of each edge arrive at all other edges, so that the interest has spread. */
async function allHearEachOther(edges: readonly Edge[]): Promise<void> {
  const missing = new Set(edges.flatMap((to) => edges.map((from) => `${from.site} at ${to.site}`)));
  const subscriptions = edges.map(({ site, client }) =>
    client.subscribe("probe.*", {
      callback: (_error, { subject }) => missing.delete(`${subject.slice("probe.".length)} at ${site}`),
    })
  );
  while (missing.size > 0) {
    for (const { site, client } of edges) client.publish(`probe.${site}`);
    await Promise.all(edges.map(({ client }) => client.flush()));
  }
  for (const subscription of subscriptions) subscription.unsubscribe();
}

import assert from "node:assert/strict";
import { connect, DiscardPolicy, type JetStreamClient, type JetStreamManager } from "nats";
import { isWithoutRoom, jetstreamReason } from "../../src/nats/jetstream_reason.ts";
import { startNatsCluster } from "../support/nats_cluster.ts";
import { startNatsServer } from "../support/nats_server.ts";

type Refused = (manager: JetStreamManager, client: JetStreamClient) => Promise<unknown>;

const kilobytes100 = new Uint8Array(100_000);
const add: Refused = (manager) => manager.streams.add({ name: "A", subjects: ["a"] });
const fill: Refused = async (_, client) => {
  for (;;) await client.publish("a", kilobytes100);
};

Deno.test("jetstreamReason names the remedy if JetStream does not answer", async () => {
  await using server = await startNatsServer({ jetstream: false });
  await assertReason(server.address, add, /^JetStream does not answer: enable it/);
  await assertReason(server.address, add, /^The JetStream domain hub does not answer: check/, { domain: "hub" });
});

Deno.test("jetstreamReason names the remedy for refusals of a server", async () => {
  await using server = await startNatsServer({ jetstream: "max_file_store: 5MB" });
  const { address } = server;
  await assertReason(address, add3, /^replicas > 1 not supported in non-clustered mode: set `replicas: 1`/);
  await assertReason(address, (_, client) => client.publish("a"), /^No stream accepts a: /, { subject: "a" });
  await assertReason(address, addBig, /^insufficient storage resources available: raise `max_file_store`/);
  await assertReason(address, async (manager, client) => {
    await manager.streams.add({ name: "A", subjects: ["a"], max_bytes: 1_000_000, discard: DiscardPolicy.New });
    await fill(manager, client);
  }, /^maximum bytes exceeded: raise `max_bytes` or `max_msgs` of the stream/);
  await assertReason(address, async (manager) => {
    await manager.streams.add({ name: "B", subjects: ["*"] });
  }, /^subjects overlap with an existing stream: remove the subjects/);
  await assertReason(address, async (manager, client) => {
    await manager.streams.update("A", { max_bytes: -1 });
    await fill(manager, client);
  }, /^insufficient resources: raise `max_file_store`/);
});

Deno.test("jetstreamReason names the remedy for limits of an account", async () => {
  await using server = await startNatsServer({
    config: `accounts {
      none { users: [{ user: none, password: none }] }
      small { jetstream { max_file: 5MB }, users: [{ user: small, password: small }] }
      strict { jetstream { max_file: 5MB, max_bytes_required: true }, users: [{ user: strict, password: strict }] }
      low { jetstream { disk_max_stream_bytes: 1MB }, users: [{ user: low, password: low }] }
    }`,
  });
  const { address } = server;
  await assertReason(address, add, /^JetStream not enabled for account: enable JetStream for the/, { user: "none" });
  await assertReason(
    address,
    async (manager, client) => {
      await add(manager, client);
      await fill(manager, client);
    },
    /^resource limits exceeded for account: raise the JetStream limit/,
    { user: "small" },
  );
  await assertReason(address, add, /max bytes set: set `max_bytes` of the stream/, { user: "strict" });
  await assertReason(address, addBig, /max stream bytes: set a smaller `max_bytes`/, { user: "low" });
});

Deno.test("jetstreamReason names the remedy if a cluster has too few servers or too little room", async () => {
  await using cluster = await startNatsCluster();
  const [address = ""] = cluster.addresses;
  const add5: Refused = (manager) => manager.streams.add({ name: "A", subjects: ["a"], num_replicas: 5 });
  const addHuge: Refused = (manager) => manager.streams.add({ name: "A", subjects: ["a"], max_bytes: 1e15 });
  await assertReason(address, add5, /^no suitable peers for placement: connect as many servers/);
  await assertReason(address, addHuge, /^no suitable peers for placement, insufficient storage: connect/);
});

const add3: Refused = (manager) => manager.streams.add({ name: "A", subjects: ["a"], num_replicas: 3 });
const addBig: Refused = (manager) => manager.streams.add({ name: "A", subjects: ["a"], max_bytes: 100_000_000 });

async function assertReason(
  address: string,
  refused: Refused,
  reason: RegExp,
  { domain, subject, user }: { domain?: string; subject?: string; user?: string } = {},
): Promise<void> {
  const client = await connect({ servers: address, ...(user === undefined ? {} : { user, pass: user }) });
  try {
    const options = { ...(domain === undefined ? {} : { domain }), checkAPI: false, timeout: 30_000 };
    await refused(await client.jetstreamManager(options), client.jetstream({ timeout: 30_000 }));
    assert.fail(`expected a refusal that reads ${reason}`);
  } catch (error) {
    assert.match(jetstreamReason(error, { domain, subject }), reason);
    const full = /insufficient|maximum bytes exceeded|limits exceeded/.test(reason.source);
    assert.equal(isWithoutRoom(error), full, String(reason));
  } finally {
    await client.close();
  }
}

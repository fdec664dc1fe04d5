import assert from "node:assert/strict";
import { AckPolicy, credsAuthenticator } from "nats";
import { findNatsServer } from "../../src/cli/nats_server.ts";
import {
  createAccount,
  createOperator,
  type CredentialsRole,
  inboxPrefixOf,
  operatorConfig,
  siteCredentials,
  userCredentials,
} from "../../src/fleet/mod.ts";
import { freeAddress, ownHost } from "../support/own_address.ts";
import { Logged } from "../nats/logged.ts";
import { newNode } from "../nats/setup.ts";
import { assertIsolated, assertStreamsApart, type Edge } from "./isolation.ts";
import { NatsFiles, passwordOf } from "./nats_files.ts";
import { Probe } from "./probe.ts";

const client = (address: string, user: string, inboxPrefix: string) =>
  Probe.connect({ servers: [address], user, password: passwordOf(`${variableOf(user)}_PASSWORD`), inboxPrefix });

/** Who may do what on one server: the node of berlin-01, the viewer, the controller and billing. */
const table: readonly (readonly [action: string, ...roles: string[]])[] = [
  ["publish wattseal.berlin-01.evse-1.reading", "node"],
  ["publish wattseal.berlin-01.evse-1.ocmf", "node"],
  ["publish wattseal.berlin-01._node.status", "node"],
  ["publish wattseal.munich-02.evse-1.reading"],
  ["publish wattseal.munich-02.evse-1.ocmf"],
  ["publish wattseal.munich-02.evse-1.status"],
  ["publish wattseal.munich-02.evse-1.reading.get", "viewer", "controller"],
  ["publish wattseal.munich-02.evse-1.public_key.get", "viewer", "controller"],
  ["publish wattseal.munich-02.evse-1.status.get", "viewer", "controller"],
  ["publish wattseal.munich-02._node.journal.get", "controller"],
  ["publish wattseal.munich-02.evse-1.transaction.start", "controller"],
  ["publish wattseal.munich-02.evse-1.transaction.stop", "controller"],
  ["publish wattseal.munich-02.evse-1.acknowledge"],
  ["publish wattseal.munich-02._node.redeliver"],
  ["publish _INBOX_berlin-01.x"],
  ["publish _INBOX_viewer.x"],
  ["publish _INBOX_controller.x"],
  ["publish _INBOX.x"],
  ["publish $SRV.PING"],
  ["publish $SRV.PING.wattseal", "node", "viewer"],
  ["publish $SRV.INFO.wattseal", "viewer"],
  ["publish $SRV.STATS.wattseal", "viewer"],
  ["publish $JS.API.INFO"],
  ["publish $JS.API.STREAM.NAMES", "node", "viewer"],
  ["publish $JS.API.STREAM.LIST"],
  ["publish $JS.API.STREAM.INFO.WATTSEAL_OCMF", "node"],
  ["publish $JS.API.STREAM.INFO.WATTSEAL_READINGS", "node"],
  ["publish $JS.API.STREAM.INFO.WATTSEAL_STATE", "node", "viewer"],
  ["publish $JS.API.STREAM.CREATE.WATTSEAL_OCMF", "node"],
  ["publish $JS.API.STREAM.CREATE.WATTSEAL_READINGS", "node"],
  ["publish $JS.API.STREAM.CREATE.WATTSEAL_STATE", "node"],
  ["publish $JS.API.STREAM.CREATE.OTHER"],
  ["publish $JS.API.STREAM.UPDATE.WATTSEAL_OCMF"],
  ["publish $JS.API.STREAM.DELETE.WATTSEAL_OCMF"],
  ["publish $JS.API.STREAM.PURGE.WATTSEAL_OCMF"],
  ["publish $JS.API.STREAM.MSG.GET.WATTSEAL_OCMF"],
  ["publish $JS.API.STREAM.MSG.DELETE.WATTSEAL_OCMF"],
  ["publish $JS.API.DIRECT.GET.WATTSEAL_STATE.wattseal.berlin-01.evse-1.status", "node", "viewer"],
  ["publish $JS.API.DIRECT.GET.WATTSEAL_STATE.wattseal.munich-02.evse-1.status", "viewer"],
  ["publish $JS.API.CONSUMER.CREATE.WATTSEAL_STATE", "viewer"],
  ["publish $JS.API.CONSUMER.CREATE.WATTSEAL_OCMF"],
  ["publish $JS.API.CONSUMER.DURABLE.CREATE.WATTSEAL_OCMF.other"],
  ["publish $JS.API.CONSUMER.DELETE.WATTSEAL_OCMF.billing"],
  ["publish $JS.API.CONSUMER.MSG.NEXT.WATTSEAL_OCMF.billing", "billing"],
  ["publish $JS.API.CONSUMER.MSG.NEXT.WATTSEAL_OCMF.other"],
  ["publish $JS.ACK.WATTSEAL_OCMF.billing.1.1.1.1.0", "billing"],
  ["publish $JS.ACK.WATTSEAL_OCMF.other.1.1.1.1.0"],
  ["publish $SYS.REQ.SERVER.PING"],
  ["subscribe wattseal.berlin-01.*.*.get", "node"],
  ["subscribe wattseal.berlin-01.*.transaction.*", "node"],
  ["subscribe wattseal.berlin-01.*.acknowledge", "node"],
  ["subscribe wattseal.berlin-01._node.redeliver", "node"],
  ["subscribe wattseal.munich-02.*.transaction.*"],
  ["subscribe wattseal.*.*.reading", "viewer"],
  ["subscribe wattseal.*.*.public_key", "viewer"],
  ["subscribe wattseal.*.*.status", "viewer"],
  ["subscribe wattseal.*.*.fault.*", "viewer"],
  ["subscribe wattseal.*.*.ocmf"],
  ["subscribe wattseal.>"],
  ["subscribe >"],
  ["subscribe $SRV.>", "node"],
  ["subscribe $JS.>"],
  ["subscribe _INBOX.>"],
  ["subscribe _INBOX_berlin-01.>", "node"],
  ["subscribe _INBOX_munich-02.>"],
  ["subscribe _INBOX_viewer.>", "viewer"],
  ["subscribe _INBOX_controller.>", "controller"],
  ["subscribe _INBOX_billing.>", "billing"],
];

Deno.test("one-server.conf", async (t) => {
  await using files = await NatsFiles.copy();
  const address = freeAddress();
  await files.start("one-server.conf", { settings: { CLIENTS: address } });
  const roles = {
    node: await client(address, "berlin-01", "_INBOX_berlin-01"),
    viewer: await client(address, "viewer", "_INBOX_viewer"),
    controller: await client(address, "controller", "_INBOX_controller"),
    billing: await client(address, "billing", "_INBOX_billing"),
    administrator: await client(address, "administrator", "_INBOX"),
  };
  await using owned = new AsyncDisposableStack();
  for (const probe of Object.values(roles)) owned.use(probe);
  const log = new Logged();
  const node = owned.use(newNode({
    address,
    log,
    options: { user: "berlin-01", password: passwordOf("BERLIN_01_PASSWORD"), inboxPrefix: "_INBOX_berlin-01" },
  }));

  await t.step("the service of a site creates its streams and has nothing to complain about", async () => {
    node.start();
    await node.connected;
    await log.seen(/created a stream.*WATTSEAL_STATE/);
    assert.deepEqual(log.lines.filter(({ level }) => level === "error" || level === "warn"), []);
  });

  await t.step("the viewer gets values and states, the controller starts a transaction", async () => {
    const viewer = roles.viewer.connection;
    const reading = await viewer.request("wattseal.berlin-01.evse-1.reading.get", "", { timeout });
    assert.equal(reading.json<{ meter_id: string }>().meter_id, "BY1234567.2024");
    node.publishStatus("evse-1");
    const state = "$JS.API.DIRECT.GET.WATTSEAL_STATE.wattseal.berlin-01.evse-1.status";
    const retained = await viewer.request(state, "", { timeout });
    assert.equal(retained.json<{ state: string }>().state, "online");
    const started = await roles.controller.connection.request(
      "wattseal.berlin-01.evse-1.transaction.start",
      JSON.stringify({
        evse_id: "DE*ABC*E1",
        transaction_id: "tx-1",
        identification_status: "ASSIGNED",
        identification_type: "ISO14443",
        identification_flags: [],
      }),
      { timeout },
    );
    assert.equal(started.json<{ status: string }>().status, "OK");
  });

  await t.step("billing takes records from the consumer that the administrator creates", async () => {
    const manager = await roles.administrator.connection.jetstreamManager();
    await manager.consumers.add("WATTSEAL_OCMF", { durable_name: "billing", ack_policy: AckPolicy.Explicit });
    await roles.node.connection.jetstream().publish("wattseal.berlin-01.evse-1.ocmf", "record", { msgID: "id-1" });
    const billing = roles.billing.connection.jetstream();
    const record = await billing.pull("WATTSEAL_OCMF", "billing", timeout);
    assert.equal(record.string(), "record");
    assert.ok(await record.ackAck());
  });

  for (const role of ["node", "viewer", "controller", "billing"] as const) {
    await t.step(`${role}: what it needs is allowed, everything else is refused by name`, async () => {
      const refused = await roles[role].refused({
        publish: table.map(([action]) => action).filter(isPublish).map(subjectOf),
        subscribe: table.map(([action]) => action).filter((action) => !isPublish(action)).map(subjectOf),
      });
      assert.deepEqual(refused, table.filter(([, ...allowed]) => !allowed.includes(role)).map(([action]) => action));
    });
  }

  await t.step("the administrator may do all of it", async () => {
    const ours = table.map(([action]) => action).filter((action) => !/DELETE|PURGE|CREATE/.test(action));
    assert.deepEqual(
      await roles.administrator.refused({
        publish: ours.filter(isPublish).map(subjectOf),
        subscribe: ours.filter((action) => !isPublish(action)).map(subjectOf),
      }),
      [],
    );
  });
});

Deno.test("hub.conf on three servers, with edge.conf of two sites", async (t) => {
  await using files = await NatsFiles.copy();
  await files.addSite("edge-sites.conf", "leaf", "munich-02");
  const hosts = ["hub-1", "hub-2", "hub-3"].map((name) => ({ name, host: ownHost() }));
  const env = {
    HUB_ROUTES: JSON.stringify(
      hosts.map(({ host }) => `nats-route://hub:${passwordOf("HUB_ROUTE_PASSWORD")}@${host}:6222`),
    ),
  };
  const hub = await Promise.all(hosts.map(({ name, host }) =>
    files.start("hub.conf", {
      settings: { CLIENTS: `${host}:4222`, LEAFS: `${host}:7422`, ROUTES: `${host}:6222` },
      env: { ...env, HUB_NAME: name },
    })
  ));
  const leafs = (user: string) =>
    hosts.map(({ host }) => `nats-leaf://${user}:${passwordOf(`${variableOf(user)}_PASSWORD`)}@${host}:7422`);
  const edges = [
    await startEdge(files, "berlin-01", leafs("leaf-berlin-01")),
    await startEdge(files, "munich-02", leafs("leaf-munich-02")),
  ] as const;
  await Promise.race(hub.map((server) => server.said("JetStream cluster new metadata leader")));
  const as = (user: string, inboxPrefix: string) => ({
    servers: hosts.map(({ host }) => `${host}:4222`),
    user,
    pass: passwordOf(`${variableOf(user)}_PASSWORD`),
    inboxPrefix,
  });
  await assertIsolated(t, {
    administrator: as("administrator", "_INBOX"),
    controller: as("controller", "_INBOX_controller"),
    viewer: as("viewer", "_INBOX_viewer"),
    replicas: 3,
  }, edges);
});

Deno.test("operator.conf, with edge.conf of two sites that have nothing but credentials", async (t) => {
  await using files = await NatsFiles.copy();
  const nowMs = 1_700_000_000_000;
  const operator = createOperator("test", nowMs);
  const account = createAccount({ name: "test", operatorSeed: operator.seed, prefix: "wattseal", nowMs });
  await files.write("operator/accounts.conf", operatorConfig(operator, [account]));
  const host = ownHost();
  await files.start("operator.conf", { settings: { CLIENTS: `${host}:4222`, LEAFS: `${host}:7422` } });
  const keys = (role: CredentialsRole) => ({
    account: account.publicKey,
    accountSigningSeed: account.signingSeeds[role],
  });
  const edge = async (site: string) => {
    const creds = siteCredentials({ site, role: "leaf", ...keys("leaf") });
    await files.write(`${site}.creds`, creds);
    return startEdge(files, site, [`nats-leaf://${host}:7422`], `${files.folder}/${site}.creds`);
  };
  const as = (role: "administrator" | "controller" | "viewer") => ({
    servers: `${host}:4222`,
    authenticator: credsAuthenticator(
      new TextEncoder().encode(userCredentials({ name: "hall", role, ...keys(role) })),
    ),
    inboxPrefix: inboxPrefixOf(role, "hall"),
  });
  await assertIsolated(t, {
    administrator: as("administrator"),
    controller: as("controller"),
    viewer: as("viewer"),
    replicas: 1,
  }, [await edge("berlin-01"), await edge("munich-02")]);
});

Deno.test("edge.conf keeps other sites out of its streams also at a hub that lets everything through", async () => {
  await using files = await NatsFiles.copy();
  await files.replace("edge-sites.conf", "include ./rights/leaf-berlin-01.conf\n", "");
  await files.replace("edge-sites.conf", ", permissions: $LEAF_berlin-01", "");
  const host = ownHost();
  await files.replace("operator.conf", "./operator/accounts.conf", "./edge-sites.conf");
  await files.start("operator.conf", { settings: { CLIENTS: `${host}:4222`, LEAFS: `${host}:7422` } });
  const url = `nats-leaf://leaf-berlin-01:${passwordOf("LEAF_BERLIN_01_PASSWORD")}@${host}:7422`;
  const edges = [await startEdge(files, "berlin-01", [url]), await startEdge(files, "munich-02", [url])] as const;
  await assertStreamsApart(edges);
});

Deno.test("tenants.conf: two tenants with a site of the same name share nothing", async () => {
  await using files = await NatsFiles.copy();
  const address = freeAddress();
  await files.replace("one-server.conf", "./direct-sites.conf", "./tenants.conf");
  await files.start("one-server.conf", { settings: { CLIENTS: address } });
  await using owned = new AsyncDisposableStack();
  const streams = await Promise.all(["acme", "boreal"].map(async (tenant) => {
    const node = owned.use(await client(address, `${tenant}-berlin-01`, "_INBOX_berlin-01"));
    const administrator = owned.use(await client(address, `${tenant}-administrator`, "_INBOX"));
    const manager = await administrator.connection.jetstreamManager();
    await manager.streams.add({ name: "WATTSEAL_OCMF", subjects: ["wattseal.*.*.ocmf"] });
    return { tenant, manager, node: node.connection.jetstream() };
  }));
  for (const { tenant, node } of streams) await node.publish("wattseal.berlin-01.evse-1.ocmf", tenant);
  for (const { tenant, manager } of streams) {
    const { state } = await manager.streams.info("WATTSEAL_OCMF");
    assert.equal(state.messages, 1);
    assert.equal((await manager.streams.getMessage("WATTSEAL_OCMF", { seq: 1 })).string(), tenant);
  }
});

Deno.test("from-2.10.conf is for the servers that it names, and says what an older one answers", async () => {
  await using files = await NatsFiles.copy();
  await files.replace("one-server.conf", "store_dir: $STORE", "store_dir: $STORE\n  include ./from-2.10.conf");
  const started = files.start("one-server.conf", { settings: { CLIENTS: freeAddress() } });
  if (await serverMinor() >= 10) await started;
  else await assert.rejects(started, /unknown field "sync_interval"/);
});

async function serverMinor(): Promise<number> {
  const binary = await findNatsServer({ env: (name) => Deno.env.get(name), say: () => {} });
  const { stdout } = await new Deno.Command(binary, { args: ["--version"] }).output();
  return Number(/v2\.(\d+)/.exec(new TextDecoder().decode(stdout))?.[1]);
}

/** Starts edge.conf for a site and waits until it is joined to its hub. */
async function startEdge(
  files: NatsFiles,
  site: string,
  urls: readonly string[],
  credentialsFile?: string,
): Promise<Edge> {
  const file = `edge-${site}.conf`;
  await files.write(file, await files.read("edge.conf"));
  if (credentialsFile !== undefined) {
    await files.replace(file, '# credentials: "/etc/nats/leaf.creds"', `credentials: "${credentialsFile}"`);
  }
  if (site !== "berlin-01") {
    await files.write(
      `rights/node-${site}.conf`,
      (await files.read("rights/node-berlin-01.conf")).replaceAll("berlin-01", site),
    );
    await files.replace(file, "berlin-01", site);
    await files.replace(file, "BERLIN_01", variableOf(site));
  }
  const address = freeAddress();
  const server = await files.start(file, {
    settings: { CLIENTS: address },
    env: { HUB_URLS: JSON.stringify(urls) },
  });
  await server.said("Leafnode connection created");
  return { site, address, server };
}

const variableOf = (user: string) => user.toUpperCase().replaceAll("-", "_");
const timeout = 30_000;
const isPublish = (action: string) => action.startsWith("publish ");
const subjectOf = (action: string) => action.slice(action.indexOf(" ") + 1);

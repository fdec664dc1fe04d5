import assert from "node:assert/strict";
import { credsAuthenticator } from "nats";
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
import { Logged } from "../nats/logged.ts";
import { defaultStreams, newNode } from "../nats/setup.ts";
import { writeTlsFiles } from "../nats/tls_files.ts";
import { ConfiguredServer } from "../support/nats_config_file.ts";
import { freeAddress, ownHost } from "../support/own_address.ts";
import { startEdge } from "./edge_server.ts";
import { startHub } from "./hub_servers.ts";
import { assertIsolated, assertStreamsApart } from "./isolation.ts";
import { NatsFiles, passwordOf, probeOf, variableOf } from "./nats_files.ts";
import { Probe } from "./probe.ts";
import { assertRights } from "./rights_table.ts";

Deno.test("hub.conf on three servers, with edge.conf of two sites", async (t) => {
  await using files = await NatsFiles.copy();
  await files.addSite("edge-sites.conf", "leaf", "munich-02");
  const hub = await startHub(files);
  const leafs = (user: string) =>
    hub.hosts.map((host) => `nats-leaf://${user}:${passwordOf(`${variableOf(user)}_PASSWORD`)}@${host}:7422`);
  const edges = [
    await startEdge(files, "berlin-01", leafs("leaf-berlin-01")),
    await startEdge(files, "munich-02", leafs("leaf-munich-02")),
  ] as const;
  const as = (user: string, inboxPrefix: string) => ({
    servers: hub.addresses,
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

Deno.test("hub.conf with direct-sites.conf: a site that connects to the cluster stores its streams on three servers", async () => {
  await using files = await NatsFiles.copy();
  await files.replace("hub.conf", "include ./edge-sites.conf", "include ./direct-sites.conf");
  const hub = await startHub(files);
  const log = new Logged();
  const [first = ""] = hub.addresses;
  await using node = newNode({
    address: first,
    log,
    options: {
      user: "berlin-01",
      password: passwordOf("BERLIN_01_PASSWORD"),
      inboxPrefix: "_INBOX_berlin-01",
      streams: {
        readings: { ...defaultStreams.readings, replicas: 3 },
        ocmf: { ...defaultStreams.ocmf, replicas: 3 },
        state: { ...defaultStreams.state, replicas: 3 },
      },
    },
  });
  node.start();
  await log.seen(/Created a stream.*WATTSEAL_STATE/);
  await using administrator = await probeOf(first, "administrator", "_INBOX");
  const manager = await administrator.connection.jetstreamManager();
  const { config } = await manager.streams.info("WATTSEAL_OCMF");
  assert.equal(config.num_replicas, 3);
});

/** A hub in operator mode, with an account that can sign credentials. */
async function startOperatorHub(
  files: NatsFiles,
): Promise<{ host: string; account: ReturnType<typeof createAccount> }> {
  const nowMs = 1_700_000_000_000;
  const operator = createOperator("test", nowMs);
  const account = createAccount({ name: "test", operatorSeed: operator.seed, prefix: "wattseal", nowMs });
  await files.write("operator/accounts.conf", operatorConfig(operator, [account]));
  const host = ownHost();
  await files.start("operator.conf", { settings: { CLIENTS: `${host}:4222`, LEAFS: `${host}:7422` } });
  return { host, account };
}

Deno.test("operator.conf, with edge.conf of two sites that only have credentials", async (t) => {
  await using files = await NatsFiles.copy();
  const { host, account } = await startOperatorHub(files);
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

Deno.test("operator.conf: signed credentials give each role its permissions", async (t) => {
  await using files = await NatsFiles.copy();
  const { host, account } = await startOperatorHub(files);
  await using owned = new AsyncDisposableStack();
  const probe = async (role: CredentialsRole, name: string) => {
    const accountSigningSeed = account.signingSeeds[role];
    const creds = userCredentials({ name, role, account: account.publicKey, accountSigningSeed });
    return owned.use(await Probe.withCreds(`${host}:4222`, creds, inboxPrefixOf(role, name)));
  };
  await assertRights(t, {
    node: await probe("node", "berlin-01"),
    viewer: await probe("viewer", "hall"),
    controller: await probe("controller", "ocpp"),
    billing: await probe("billing", "ledger"),
    web: await probe("web", "page"),
    everest: await probe("everest", "berlin-01"),
    administrator: await probe("administrator", "admin"),
  }, {
    node: "_INBOX_berlin-01",
    viewer: "_INBOX_viewer.hall",
    controller: "_INBOX_controller.ocpp",
    billing: "_INBOX_billing.ledger",
    web: "_INBOX_web.page",
    everest: "_INBOX_everest.berlin-01",
  });
});

Deno.test("edge.conf keeps other sites out of its streams, also with a hub without restrictions", async () => {
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

Deno.test("the commented sections tls of hub and edge encrypt both kinds of connections", async () => {
  await using files = await NatsFiles.copy();
  const tls = await writeTlsFiles(files.folder);
  await files.useTls("operator.conf", tls);
  await files.useTls("edge.conf", tls);
  await files.replace("operator.conf", "./operator/accounts.conf", "./edge-sites.conf");
  // The certificate is for 127.0.0.1, so the server must choose free ports.
  const hub = await files.start("operator.conf", { settings: { CLIENTS: "127.0.0.1:-1", LEAFS: "127.0.0.1:-1" } });
  const port = (kind: string) => new RegExp(`${kind} connections on [\\d.]+:(\\d+)`).exec(hub.process.log)?.[1];
  const leaf = `leaf-berlin-01:${passwordOf("LEAF_BERLIN_01_PASSWORD")}@127.0.0.1:${port("leafnode")}`;
  await startEdge(files, "berlin-01", [`tls://${leaf}`]);
  const address = `127.0.0.1:${port("client")}`;
  await using _viewer = await probeOf(address, "viewer", "_INBOX_viewer", { caFile: tls.caFile });
  assert.match(hub.process.log, /TLS required for client connections/);
});

Deno.test("the commented sections tls of hub.conf are valid", async () => {
  await using files = await NatsFiles.copy();
  await files.useTls("hub.conf", await writeTlsFiles(files.folder));
  await files.writeSecrets("hub.conf", { HUB_ROUTES: ["nats-route://hub:secret@127.0.0.1:6222"] });
  const binary = await findNatsServer({ env: (name) => Deno.env.get(name), report: () => {} });
  const { stderr, success } = await new Deno.Command(binary, {
    args: ["-t", "-c", `${files.folder}/hub.conf`],
    env: { HUB_NAME: "hub-1" },
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
});

Deno.test("a server refuses secrets.conf with a missing or extra line, and names it", async () => {
  await using files = await NatsFiles.copy();
  await files.writeSecrets("one-server.conf", { UNUSED: ["x"] });
  const start = () => ConfiguredServer.start(`${files.folder}/one-server.conf`);
  await assert.rejects(start, /unknown field "UNUSED"/);
  const text = await files.read("secrets.conf");
  await files.write("secrets.conf", text.replace(/^UNUSED.*\n|^BILLING.*\n/gm, ""));
  await assert.rejects(start, /variable reference for 'BILLING_PASSWORD' .* can not be found/);
});

Deno.test("tenants.conf: two tenants with a site of the same name are isolated", async () => {
  await using files = await NatsFiles.copy();
  const address = freeAddress();
  await files.replace("one-server.conf", "./direct-sites.conf", "./tenants.conf");
  await files.start("one-server.conf", { settings: { CLIENTS: address } });
  await using owned = new AsyncDisposableStack();
  const streams = await Promise.all(["acme", "boreal"].map(async (tenant) => {
    const node = owned.use(await probeOf(address, `${tenant}-berlin-01`, "_INBOX_berlin-01"));
    const administrator = owned.use(await probeOf(address, `${tenant}-administrator`, "_INBOX"));
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

Deno.test("from-2.10.conf works with the servers that it names, and documents the error of older ones", async () => {
  await using files = await NatsFiles.copy();
  await files.replace("one-server.conf", "store_dir: $STORE", "store_dir: $STORE\n  include ./from-2.10.conf");
  const minor = await serverMinor();
  const started = files.start("one-server.conf", { settings: { CLIENTS: freeAddress() } });
  if (minor >= 10) await started;
  else await assert.rejects(started, /unknown field "sync_interval"/);
});

async function serverMinor(): Promise<number> {
  const binary = await findNatsServer({ env: (name) => Deno.env.get(name), report: () => {} });
  const { stdout } = await new Deno.Command(binary, { args: ["--version"] }).output();
  return Number(/v2\.(\d+)/.exec(new TextDecoder().decode(stdout))?.[1]);
}

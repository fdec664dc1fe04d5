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
import { freeAddress, ownHost } from "../support/own_address.ts";
import { assertIsolated, assertStreamsApart, type Edge } from "./isolation.ts";
import { NatsFiles, passwordOf, probeOf, variableOf } from "./nats_files.ts";

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

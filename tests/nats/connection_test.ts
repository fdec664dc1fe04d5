import assert from "node:assert/strict";
import { join } from "node:path";
import { nkeys } from "nats";
import { NatsSetupError } from "../../src/nats/mod.ts";
import { startNatsServer } from "../support/nats_server.ts";
import { freeAddress } from "../support/own_address.ts";
import { newJwtSetup } from "./creds_file.ts";
import { Logged } from "./logged.ts";
import { newClient, newNode } from "./setup.ts";
import { writeTlsFiles } from "./tls_files.ts";

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "wattseal-test-" });
  try {
    await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("NatsNode starts without a server, logs it once and connects when the server starts", async () => {
  const address = freeAddress();
  const log = new Logged();
  await using node = newNode({ address, log });
  node.start();
  await log.seen(/warn Cannot connect to NATS; retrying; meters are still read .*CONNECTION_REFUSED/);
  await using server = await startNatsServer({ address });
  await node.connected;
  assert.equal(log.count(/warn Cannot connect to NATS/), 1);
  await using client = await newClient(server.address);
  await client.request("wattseal.berlin-01.evse-1.status.get");
});

Deno.test("NatsNode serves again after a restart of the server", async () => {
  await using server = await startNatsServer();
  const log = new Logged();
  await using node = newNode({ address: server.address, log });
  node.start();
  await node.connected;
  const back = log.next(/Connected to NATS again/);
  await server.stop("SIGKILL");
  await server.restart();
  await back;
  await using client = await newClient(server.address);
  await client.request("wattseal.berlin-01.evse-1.status.get");
});

Deno.test("NatsNode connects to the next server of its list", async () => {
  await using server = await startNatsServer();
  await using node = newNode({ address: "", options: { servers: [freeAddress(), server.address] } });
  node.start();
  await node.connected;
});

Deno.test("NatsNode retries when the server refuses its credentials, and connects when the server accepts them", async () => {
  const strict = 'authorization { user: "a", password: "right" }';
  const server = await startNatsServer({ config: strict });
  const log = new Logged();
  await using node = newNode({ address: server.address, log, options: { user: "a", password: "wrong" } });
  node.start();
  await log.seen(/warn Cannot connect to NATS.*the server refuses this user/);
  await server[Symbol.asyncDispose]();
  await using _relenting = await startNatsServer({ address: server.address, config: strict.replace("right", "wrong") });
  await node.connected;
});

Deno.test("NatsNode reconnects after the server has refused its credentials for a time", async () => {
  const strict = 'authorization { token: "right" }';
  const server = await startNatsServer({ config: strict });
  const log = new Logged();
  await using node = newNode({ address: server.address, log, options: { token: "right" } });
  node.start();
  await node.connected;
  await server[Symbol.asyncDispose]();
  const refusing = await startNatsServer({ address: server.address, config: strict.replace("right", "other") });
  // The client itself gives up after the same refusal twice
  await log.next(/reports an error.*AUTHORIZATION_VIOLATION/);
  await log.next(/reports an error.*AUTHORIZATION_VIOLATION/);
  assert.equal(log.count(/^warn NATS reports an error/), 1);
  await refusing[Symbol.asyncDispose]();
  const back = log.next(/info Connected to NATS/);
  await using _server = await startNatsServer({ address: server.address, config: strict });
  await back;
});

Deno.test("NatsNode authenticates with a credentials file, also after the file was renewed", async () => {
  await inFolder(async (folder) => {
    const credentialsFile = join(folder, "site.creds");
    const [first, renewed] = [newJwtSetup(), newJwtSetup()];
    await Deno.writeTextFile(credentialsFile, first.creds);
    const server = await startNatsServer({ config: first.serverConfig });
    const log = new Logged();
    await using node = newNode({ address: server.address, log, options: { credentialsFile } });
    node.start();
    await node.connected;
    assert.equal(log.count(/Created a stream/), 3);
    await Deno.writeTextFile(credentialsFile, renewed.creds);
    const back = log.next(/Connected to NATS again/);
    await server[Symbol.asyncDispose]();
    await using _server = await startNatsServer({ address: server.address, config: renewed.serverConfig });
    await back;
  });
});

Deno.test("NatsNode authenticates with an nkey seed", async () => {
  await inFolder(async (folder) => {
    const user = nkeys.createUser();
    const nkeySeedFile = join(folder, "seed.nk");
    await Deno.writeTextFile(nkeySeedFile, `${new TextDecoder().decode(user.getSeed())}\n`);
    const config = `authorization { users: [{ nkey: ${user.getPublicKey()} }] }`;
    await using server = await startNatsServer({ config });
    await using node = newNode({ address: server.address, options: { nkeySeedFile } });
    node.start();
    await node.connected;
  });
});

Deno.test("NatsNode survives refusals during a handshake and reports the reasons", async () => {
  await inFolder(async (folder) => {
    const tls = await writeTlsFiles(folder);
    const config =
      `tls { cert_file: "${tls.certFile}", key_file: "${tls.keyFile}", ca_file: "${tls.caFile}", verify: true }`;
    await using secure = await startNatsServer({ config });
    await using plain = await startNatsServer({ jetstream: false });
    const log = new Logged();
    const nodes = [
      newNode({ address: secure.address, log }),
      newNode({ address: plain.address, log, options: { tls } }),
      // The alert of the server arrives before, during or after the handshake: then the client reports a timeout only
      ...Array.from(
        { length: 4 },
        () => newNode({ address: secure.address, log, options: { tls: { caFile: tls.caFile } } }),
      ),
    ];
    for (const node of nodes) node.start();
    await log.seen(/Cannot connect to NATS.*unable to verify the first certificate/);
    await log.seen(/Cannot connect to NATS.*does not offer TLS/);
    await log.seen(/NATS socket failed .*BadCertificate/);
    await log.seen(
      /warn Cannot connect to NATS.*no answer in time \(TIMEOUT\); a connection failed before: .*BadCertificate/,
    );
    await Promise.all(nodes.map((node) => node.close()));
  });
});

Deno.test("NatsNode uses TLS with a client certificate", async () => {
  await inFolder(async (folder) => {
    const tls = await writeTlsFiles(folder);
    const config =
      `tls { cert_file: "${tls.certFile}", key_file: "${tls.keyFile}", ca_file: "${tls.caFile}", verify: true }`;
    await using server = await startNatsServer({ config });
    await using node = newNode({ address: server.address, options: { tls } });
    node.start();
    await node.connected;
  });
});

Deno.test("NatsNode.start reports a file that it cannot use", async () => {
  await inFolder(async (folder) => {
    const missing = join(folder, "missing");
    const nonsense = join(folder, "nonsense");
    await Deno.writeTextFile(nonsense, "nonsense");
    const start = (options: Parameters<typeof newNode>[0]["options"]) => () =>
      newNode({ address: "127.0.0.1:1", ...(options === undefined ? {} : { options }) }).start();
    const error = (code: string, path: string) => (thrown: unknown) =>
      thrown instanceof NatsSetupError && thrown.code === code && thrown.message.includes(path);
    assert.throws(start({ credentialsFile: missing }), error("credentials", missing));
    assert.throws(start({ credentialsFile: nonsense }), error("credentials", nonsense));
    assert.throws(start({ nkeySeedFile: missing }), error("credentials", missing));
    assert.throws(start({ nkeySeedFile: nonsense }), error("credentials", nonsense));
    assert.throws(start({ tls: { caFile: missing } }), error("tls", missing));
  });
});

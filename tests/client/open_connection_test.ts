import assert from "node:assert/strict";
import * as nats from "nats";
import { openClient } from "../../src/client/mod.ts";
import { newJwtSetup } from "../nats/creds_file.ts";
import { writeTlsFiles } from "../nats/tls_files.ts";
import { startNatsServer } from "../support/nats_server.ts";

Deno.test("openClient connects with a user over TLS, and gives connection and client one inbox prefix", async () => {
  const folder = await Deno.makeTempDir({ prefix: "wattseal-test-" });
  try {
    const files = await writeTlsFiles(folder);
    const [ca, cert, key] = await Promise.all(
      [files.caFile, files.certFile, files.keyFile].map((path) => Deno.readTextFile(path)),
    );
    const config =
      `tls { cert_file: "${files.certFile}", key_file: "${files.keyFile}", ca_file: "${files.caFile}", verify: true }
       authorization { users: [{ user: u, password: p, permissions: { subscribe: { allow: ["_INBOX_u.>", "wattseal.>"] } } }] }`;
    await using server = await startNatsServer({ config, jetstream: false });
    const access = { servers: [server.address], user: "u", password: "p" };
    const tls = { ca: ca ?? "", cert: cert ?? "", key: key ?? "" };
    const { client, connection } = await openClient(nats, { ...access, tls }, { inboxPrefix: "_INBOX_u" });
    connection.subscribe("wattseal.a.b.status.get", {
      callback: (_error, ask) => void ask.respond('{"state":"online"}'),
    });
    assert.equal((await client.meter("a", "b").status()).state, "online");
    await connection.close();
    await assert.rejects(openClient(nats, access));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("openClient connects with the content of a credentials file", async () => {
  const { serverConfig, creds } = newJwtSetup();
  await using server = await startNatsServer({ config: serverConfig });
  const { connection } = await openClient(nats, { servers: [server.address], credentials: creds });
  await connection.close();
});

Deno.test("openClient refuses contradicting credentials", async () => {
  const servers = ["127.0.0.1:9"];
  await assert.rejects(openClient(nats, { servers, token: "t", credentials: "c" }), RangeError);
  await assert.rejects(openClient(nats, { servers, user: "u" }), RangeError);
});

import assert from "node:assert/strict";
import { join } from "node:path";
import { nkeys } from "nats";
import { newJwtSetup } from "../nats/creds_file.ts";
import { newClient } from "../nats/setup.ts";
import { writeTlsFiles } from "../nats/tls_files.ts";
import { configText } from "../support/config_text.ts";
import { startNatsServer } from "../support/nats_server.ts";
import { freeAddress } from "../support/own_address.ts";
import { type Ran, runCommand } from "../support/run_command.ts";

const status = ["tx", "status", "--site", "test", "--meter", "evse-1"];

/** A folder for one test. */
async function newFolder(): Promise<{ path: string; write: Write } & AsyncDisposable> {
  const path = await Deno.makeTempDir({ prefix: "wattseal-connection-" });
  return {
    path,
    async write(name, text) {
      const file = join(path, name);
      await Deno.mkdir(join(file, ".."), { recursive: true });
      await Deno.writeTextFile(file, text);
      return file;
    },
    [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }),
  };
}
type Write = (name: string, text: string) => Promise<string>;

/** Requests the status of a meter that no node serves. The error shows that the server accepted the connection. */
function asked(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ran> {
  return runCommand([...status, ...args], { env });
}

function assertTaken({ code, err }: Ran, what: string): void {
  assert.deepEqual([code, /no node serves this subject/.test(err)], [1, true], `${what}: ${err}`);
}

function assertRefused({ code, err }: Ran, what: string): void {
  assert.deepEqual([code, /Cannot connect to NATS at/.test(err)], [3, true], `${what}: ${err}`);
}

Deno.test("a user and password are taken from the address, the options, the environment, a context and a site file", async () => {
  await using server = await startNatsServer({
    jetstream: false,
    config: 'authorization { user: "oper@tor", password: "p:a,s/s" }',
  });
  await using folder = await newFolder();
  const password = await folder.write("password", "p:a,s/s\n");
  const url = `nats://oper%40tor:p%3Aa%2Cs%2Fs@${server.address}`;
  await folder.write(
    "nats/context/prod.json",
    JSON.stringify({ description: "x", url: server.address, user: "oper@tor", password: "p:a,s/s", windows_cert: "" }),
  );
  await folder.write("nats/context/address.json", JSON.stringify({ url }));
  const site = await folder.write(
    "site.yaml",
    configText({ top: `nats: { servers: ["${server.address}"], user: oper@tor, password: "p:a,s/s" }` }),
  );
  const env = { XDG_CONFIG_HOME: folder.path };
  assertRefused(await asked(["--server", server.address]), "nobody");
  assertTaken(await asked(["--server", url]), "--server");
  assertTaken(await asked([], { NATS_URL: url }), "NATS_URL");
  const user = ["--user", "oper@tor", "--password-file", password];
  assertTaken(await asked(["--server", server.address, ...user]), "--user");
  assertTaken(await asked(user, { NATS_URL: server.address, NATS_CREDS: "/nope" }), "--user overrides NATS_CREDS");
  assertTaken(await asked(["--context", "prod"], env), "--context");
  assertTaken(
    await asked(["--context", "address"], { ...env, NATS_URL: "127.0.0.1:1" }),
    "--context overrides " +
      "NATS_URL",
  );
  assertTaken(await asked(["--config", site], { NATS_CREDS: "/nope" }), "--config overrides NATS_CREDS");
  assertRefused(await asked(["--config", site, "--server", "127.0.0.1:1"]), "--server overrides --config");
  const wrong = await asked(["--server", `nats://oper%40tor:wrong-secret@${server.address}`]);
  assertRefused(wrong, "wrong password");
  assert.doesNotMatch(wrong.err, /wrong-secret|oper/);
});

Deno.test("a failed connection reports the reason, and the option or variable to check", async () => {
  await using server = await startNatsServer({
    jetstream: false,
    config: 'authorization { user: "u", password: "p" }',
  });
  await using folder = await newFolder();
  const password = await folder.write("password", "hidden-secret\n");
  await folder.write("nats/context/prod.json", JSON.stringify({ url: `nats://u:hidden-secret@${server.address}` }));
  const nowhere = freeAddress();
  const cases: [string[], Record<string, string>, RegExp][] = [
    [["--server", nowhere], {}, /: no server listens at this address \(CONNECTION_REFUSED\); check --server$/m],
    [[], { NATS_URL: nowhere }, /: no server listens at this address .*; check NATS_URL$/m],
    [["--server", server.address], {}, /: the server refuses this user .*; check the credentials: none/],
    [["--server", server.address, "--user", "u", "--password-file", password], {}, /refuses .*; check --user$/m],
    [["--context", "prod"], {}, /refuses this user .*; check the user in --context prod$/m],
  ];
  for (const [args, env, message] of cases) {
    const { code, err } = await asked(args, { XDG_CONFIG_HOME: folder.path, ...env });
    assert.equal(code, 3, err);
    assert.match(err, message);
    assert.doesNotMatch(err, /hidden/);
  }
});

Deno.test("a token is taken from --token, NATS_TOKEN, the address and a context", async () => {
  await using server = await startNatsServer({ jetstream: false, config: 'authorization { token: "s3cret" }' });
  await using folder = await newFolder();
  await folder.write("home/.config/nats/context/t.json", JSON.stringify({ url: server.address, token: "s3cret" }));
  const at = ["--server", server.address];
  assertTaken(await asked([...at, "--token", "s3cret"]), "--token");
  assertTaken(await asked(at, { NATS_TOKEN: "s3cret" }), "NATS_TOKEN");
  assertTaken(await asked(["--server", `nats://s3cret@${server.address}`]), "--server");
  assertTaken(await asked(["--context", "t"], { HOME: join(folder.path, "home") }), "--context");
  assertRefused(await asked(at), "nobody");
});

Deno.test("an nkey and a credentials file are taken from options and contexts, also from a path in the home folder", async () => {
  await using folder = await newFolder();
  const user = nkeys.createUser();
  const seed = await folder.write("user.nk", new TextDecoder().decode(user.getSeed()));
  const { serverConfig, creds } = newJwtSetup();
  const credsFile = await folder.write("user.creds", creds);
  await using byKey = await startNatsServer({
    jetstream: false,
    config: `authorization { users: [{ nkey: ${user.getPublicKey()} }] }`,
  });
  await using byJwt = await startNatsServer({ config: serverConfig });
  await folder.write("nats/context/key.json", JSON.stringify({ url: byKey.address, nkey: "~/user.nk" }));
  await folder.write("nats/context/jwt.json", JSON.stringify({ url: byJwt.address, creds: `file://${credsFile}` }));
  const env = { HOME: folder.path, XDG_CONFIG_HOME: folder.path };
  assertTaken(await asked(["--server", byKey.address, "--nkey", seed]), "--nkey");
  assertTaken(await asked(["--context", "key"], env), "--context with nkey");
  assertTaken(await asked(["--server", byJwt.address, "--creds", credsFile]), "--creds");
  assertTaken(await asked(["--context", "jwt"], env), "--context with creds");
});

Deno.test("certificates are taken from options and a context, and enforce TLS", async () => {
  await using folder = await newFolder();
  const tls = await writeTlsFiles(folder.path);
  const files = `cert_file: "${tls.certFile}", key_file: "${tls.keyFile}", ca_file: "${tls.caFile}"`;
  await using server = await startNatsServer({ address: "127.0.0.1:0", config: `tls { ${files}, verify: true }` });
  await using plain = await startNatsServer({ jetstream: false });
  const options = ["--tlsca", tls.caFile, "--tlscert", tls.certFile, "--tlskey", tls.keyFile];
  assertTaken(await asked(["--server", server.address, ...options]), "options");
  assertRefused(await asked(["--server", plain.address, ...options]), "a server without TLS");
  const untrusted = await asked(["--server", server.address, "--tlscert", tls.certFile, "--tlskey", tls.keyFile]);
  assertRefused(untrusted, "an unknown authority");
  assert.match(
    untrusted.err,
    /the server's certificate is not trusted: .*; check --tlsca and the host name in --server/,
  );
  const swapped = await asked(["--server", server.address, "--tlscert", tls.keyFile, "--tlskey", tls.certFile]);
  assert.equal(swapped.code, 2);
  assert.match(swapped.err, /^Cannot use \S+ for TLS \(--tlscert\): it contains no certificate in PEM format$/m);
  const context = { url: `tls://${server.address}`, ca: tls.caFile, cert: tls.certFile, key: tls.keyFile };
  await folder.write("nats/context/tls.json", JSON.stringify(context));
  assertTaken(await asked(["--context", "tls"], { XDG_CONFIG_HOME: folder.path }), "--context");
});

Deno.test("replies use the given inbox prefix, and subjects use the prefix in the site file", async () => {
  await using server = await startNatsServer({
    jetstream: false,
    config: `authorization { users: [{ user: u, password: p, permissions: {
      publish: ["other.>"], subscribe: ["_INBOX_u.>"] } }] }`,
  });
  await using folder = await newFolder();
  const nats = `{ servers: ["${server.address}"], user: u, password: p, subject_prefix: other }`;
  const site = await folder.write("site.yaml", configText({ top: `nats: ${nats}` }));
  const ran = await asked(["--config", site, "--inbox-prefix", "_INBOX_u"]);
  assertTaken(ran, "inbox prefix");
  assert.match(ran.err, /other\.test\.evse-1\.transaction\.status/);
});

Deno.test("contradicting options and unusable files cause exit code 2 and an error message", async () => {
  await using folder = await newFolder();
  const site = await folder.write("site.yaml", configText());
  await folder.write("nats/context/prod.json", JSON.stringify({ url: "127.0.0.1:1" }));
  await folder.write("nats/context/both.json", JSON.stringify({ creds: "/a", nkey: "/b" }));
  await folder.write("nats/context/nsc.json", JSON.stringify({ nsc: "nsc://o/a/u", socks_proxy: "" }));
  await folder.write("nats/context/vault.json", JSON.stringify({ creds: "op://vault/item" }));
  await folder.write("nats/context/broken.json", '{ "password": "hidden-secret"');
  const cases: [string[], RegExp][] = [
    [["--creds", "a", "--nkey", "b"], /^--creds and --nkey exclude each other: give one of them\n$/],
    [["--server", "nats://u:hidden-secret@h", "--token", "t"], /^--token and the user in --server exclude/],
    [
      ["--server", "nats://u:hidden-secret@h::1"],
      /^--server "\*\*\*@h::1" is not an address of a NATS server: allowed/,
    ],
    [["--server", "nats://u:hidden,secret@h"], /^--server "\*\*\*@h" is not an address/],
    [["--server", "nats://u:hidden-secret@h,nats://v:p@h"], /^--server the addresses have different users/],
    [["--user", "u"], /^--user and --password-file require each other/],
    [["--user", "u", "--password-file", "/nope"], /^Cannot read --password-file \/nope: there is no such file/],
    [["--user", "u", "--password-file", "/dev/null"], /^--password-file \/dev\/null is empty/],
    [["--tlscert", site], /^--tlscert and --tlskey require each other/],
    [["--tlsca", "/nope"], /^Cannot read \/nope for TLS: there is no such file/],
    [["--config", site, "--context", "prod"], /^--config and --context exclude each other/],
    [["--config", "/nope"], /^Cannot read the configuration \/nope: there is no such file/],
    [
      ["--context", "prd"],
      /^Cannot read the context prd from .*prd\.json: .*; existing contexts: both, broken, nsc, prod, vault/,
    ],
    [["--context", "../prod"], /^--context "..\/prod" is not a valid name of a context/],
    [["--context", "both"], /^--context both has several of user, creds, nkey and token/],
    [["--context", "nsc"], /nsc\.json sets nsc, which Wattseal does not support/],
    [["--context", "vault"], /^creds in .*vault\.json is a reference with op:, which Wattseal does not support/],
    [["--context", "broken"], /^Cannot use .*broken\.json: it is not a context of the nats tool/],
    [["--domain", "a.b"], /option '--domain <name>' argument 'a\.b' is invalid/],
  ];
  for (const [args, message] of cases) {
    const { code, err } = await asked(args, { XDG_CONFIG_HOME: folder.path });
    assert.equal(code, 2, `${args.join(" ")}: ${err}`);
    assert.match(err, message);
    assert.doesNotMatch(err, /hidden/);
  }
});

Deno.test("every command that uses NATS has the same connection options", async () => {
  const commands = [
    ...["tx start", "tx stop", "tx status", "watch", "fleet audit", "fleet list", "fleet setup"],
    ...["fleet site add", "fleet site rename", "fleet site remove"],
  ];
  const options = [
    ...["config", "context", "server", "creds", "nkey", "user", "password-file", "token", "tlsca", "tlscert", "tlskey"],
    ...["domain", "inbox-prefix", "prefix"],
  ];
  for (const command of commands) {
    const { out } = await runCommand([...command.split(" "), "--help"]);
    assert.deepEqual(options.filter((option) => !new RegExp(`^ +--${option} <`, "m").test(out)), [], command);
  }
});

Deno.test("watch and fleet can use a context of the nats tool", async () => {
  await using server = await startNatsServer({
    jetstream: false,
    config: 'authorization { user: "operator", password: "secret" }',
  });
  await using folder = await newFolder();
  const context = { url: server.address, user: "operator", password: "secret" };
  await folder.write("nats/context/prod.json", JSON.stringify(context));
  await folder.write("nats/context/wrong.json", JSON.stringify({ ...context, password: "other" }));
  const env = { XDG_CONFIG_HOME: folder.path };
  await using client = await newClient(server.address, { user: "operator", pass: "secret" });
  const asked = new AbortController();
  client.subscribe("$JS.API.>", { max: 1, callback: () => asked.abort() });
  await client.flush();
  assert.equal((await runCommand(["watch", "--context", "prod"], { env, interrupted: asked.signal })).code, 130);
  const list = await runCommand(["fleet", "list", "--context", "prod"], { env });
  assert.equal(list.code, 1, list.err);
  assert.match(list.err, /No site has a status/);
  for (const command of [["watch"], ["fleet", "list"]]) {
    const { code, err } = await runCommand([...command, "--context", "wrong"], { env });
    assert.equal(code, 3, err);
    assert.doesNotMatch(err, /other/);
  }
});

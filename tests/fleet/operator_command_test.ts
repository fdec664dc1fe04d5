import assert from "node:assert/strict";
import { join } from "node:path";
import { silentLog } from "../../src/base/log.ts";
import { guardSockets } from "../../src/nats/socket_guard.ts";
import { ConfiguredServer } from "../support/nats_config_file.ts";
import { startNatsServer } from "../support/nats_server.ts";
import { freeAddress } from "../support/own_address.ts";
import { runCommand } from "../support/run_command.ts";
import { Probe } from "./probe.ts";

Deno.test("fleet operator creates keys and credentials for a server in operator mode", async () => {
  const work = await Deno.makeTempDir({ prefix: "wattseal-operator-" });
  const folder = join(work, "operator");
  const operator = (...args: string[]) => runCommand(["fleet", "operator", ...args, "--folder", folder]);
  const made = await operator("create");
  assert.equal(made.code, 0, made.err);
  for await (const { name } of Deno.readDir(folder)) {
    assert.equal(((await Deno.stat(join(folder, name))).mode ?? 0) & 0o777, 0o600, name);
  }
  const config = await Deno.readTextFile(join(folder, "accounts.conf"));
  assert.doesNotMatch(config, /\bS[AOU][A-Z2-7]{20}/);
  const again = await operator("create", "--json");
  assert.deepEqual([again.code, /"action":"(?!keep)/.test(again.out)], [0, false]);
  assert.equal(await Deno.readTextFile(join(folder, "accounts.conf")), config);

  await using server = await startNatsServer({ config });
  const setUp = (user: string) =>
    runCommand([
      ...["fleet", "setup", "--server", server.address, "--creds", join(folder, `${user}.creds`)],
      ...["--topology", "hub", "--wait", "0"],
    ]);
  const byAdministrator = await setUp("administrator");
  assert.equal(byAdministrator.code, 0, byAdministrator.err);
  assert.equal((await operator("credentials", "display-1", "--role", "viewer")).code, 0);
  const byViewer = await runCommand([
    ...["fleet", "setup", "--server", server.address, "--creds", join(folder, "display-1.creds")],
    ...["--inbox-prefix", "_INBOX_viewer.display-1", "--wait", "0"],
  ]);
  assert.equal(byViewer.code, 1);
  assert.match(
    byViewer.err,
    /the server does not permit this user to publish to \$JS\.API\.STREAM\.INFO\.WATTSEAL_OCMF/,
  );
  const none = await runCommand(["fleet", "operator", "credentials", "x", "--role", "viewer", "--folder", work]);
  assert.equal(none.code, 2);
  assert.match(none.err, /^Cannot read the signing keys from [^:]*keys\.json: there is no such file/);
  await Deno.remove(work, { recursive: true });
});

Deno.test("fleet operator renew revokes credentials at the next reload, and no others", async () => {
  const work = await Deno.makeTempDir({ prefix: "wattseal-operator-" });
  const folder = join(work, "operator");
  const operator = (...args: string[]) => runCommand(["fleet", "operator", ...args, "--folder", folder]);
  assert.equal((await operator("create", "--prefix", "acme")).code, 0);
  for (const name of ["stolen", "kept"]) {
    assert.equal((await operator("credentials", name, "--role", "viewer")).code, 0);
  }
  const address = freeAddress();
  const file = join(work, "server.conf");
  await Deno.writeTextFile(
    file,
    `listen: "${address}"\njetstream: { store_dir: "${work}/store" }\ninclude ./operator/accounts.conf\n`,
  );
  await using server = await ConfiguredServer.start(file);
  const guarded = new AbortController();
  guardSockets(silentLog, guarded.signal);
  const connect = async (name: string) =>
    Probe.withCreds(address, await Deno.readTextFile(join(folder, `${name}.creds`)), `_INBOX_viewer.${name}`);
  const assertWithdrawn = async () => {
    await assert.rejects(connect("stolen"), /Authorization Violation/);
    await using kept = await connect("kept");
    assert.deepEqual(await kept.refused({ subscribe: ["acme.*.*.reading"] }), []);
  };
  await (await connect("stolen"))[Symbol.asyncDispose]();

  const renewed = await operator("renew", "--revoke", join(folder, "stolen.creds"));
  assert.equal(renewed.code, 0, renewed.err);
  assert.match(renewed.out, /without U[A-Z2-7]{55}; copy it to each hub server and reload/);
  await server.reload();
  await assertWithdrawn();

  // A revoked user stays revoked.
  assert.equal((await operator("renew")).code, 0);
  await server.reload();
  await assertWithdrawn();

  const wrong = await operator("renew", "--revoke", join(folder, "keys.json"));
  assert.equal(wrong.code, 2);
  assert.match(
    wrong.err,
    /^Cannot revoke .*keys\.json: it is neither a credentials file nor a public key of a user \(U\.\.\.\)/,
  );
  guarded.abort();
  await Deno.remove(work, { recursive: true });
});

Deno.test("fleet operator renew adds the roles that the release which created the folder did not have", async () => {
  const work = await Deno.makeTempDir({ prefix: "wattseal-operator-" });
  const folder = join(work, "operator");
  const operator = (...args: string[]) => runCommand(["fleet", "operator", ...args, "--folder", folder]);
  assert.equal((await operator("create")).code, 0);
  const file = join(folder, "keys.json");
  const { signing_seeds: { web: _web, everest: _everest, ...seeds }, ...keys } = JSON.parse(
    await Deno.readTextFile(file),
  );
  await Deno.writeTextFile(file, JSON.stringify({ ...keys, signing_seeds: seeds }));

  const early = await operator("credentials", "berlin-01", "--role", "everest");
  assert.equal(early.code, 2);
  assert.match(early.err, /the role everest: \S+keys\.json has no signing key for it; .*`fleet operator renew`/);
  assert.equal((await operator("credentials", "hall", "--role", "viewer")).code, 0);
  assert.equal((await operator("renew")).code, 0);
  const renewed = JSON.parse(await Deno.readTextFile(file));
  assert.deepEqual({ ...renewed, signing_seeds: { ...renewed.signing_seeds, ...seeds } }, renewed);
  assert.deepEqual({ ...renewed, ...keys }, renewed);
  const made = await operator("credentials", "berlin-01", "--role", "everest");
  assert.match(made.out, /the role everest; its inbox prefix is _INBOX_everest\.berlin-01/);

  await using server = await startNatsServer({ config: await Deno.readTextFile(join(folder, "accounts.conf")) });
  for (
    const [name, inbox, allowed, refused] of [
      [
        "berlin-01",
        "_INBOX_everest.berlin-01",
        "wattseal.berlin-01.evse-1.transaction.start",
        "wattseal.x.y.status.get",
      ],
      ["hall", "_INBOX_viewer.hall", "wattseal.x.y.status.get", "wattseal.berlin-01.evse-1.transaction.start"],
    ] as const
  ) {
    const creds = await Deno.readTextFile(join(folder, `${name}.creds`));
    await using probe = await Probe.withCreds(server.address, creds, inbox);
    assert.deepEqual(await probe.refused({ publish: [allowed, refused] }), [`publish ${refused}`], name);
  }
  await Deno.remove(work, { recursive: true });
});

Deno.test("fleet operator names a damaged file of keys", async () => {
  const folder = await Deno.makeTempDir({ prefix: "wattseal-operator-" });
  const operator = (...args: string[]) => runCommand(["fleet", "operator", ...args, "--folder", folder]);
  assert.equal((await operator("create")).code, 0);
  const file = join(folder, "keys.json");
  const keys = JSON.parse(await Deno.readTextFile(file));
  for (
    const damaged of [{ operator_seed: "SO" }, { account: "A" }, {
      signing_seeds: { ...keys.signing_seeds, viewer: "SA" },
    }]
  ) {
    await Deno.writeTextFile(file, JSON.stringify({ ...keys, ...damaged }));
    for (const args of [["credentials", "display-1", "--role", "viewer"], ["renew"]]) {
      const { code, err } = await operator(...args);
      assert.equal(code, 2, `${JSON.stringify(damaged)}: ${err}`);
      assert.match(err, /^Cannot use \S+keys\.json: fleet operator create did not write it/);
    }
  }
  await Deno.remove(folder, { recursive: true });
});

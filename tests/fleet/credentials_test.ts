import assert from "node:assert/strict";
import {
  createAccount,
  createOperator,
  operatorConfig,
  siteCredentials,
  userCredentials,
} from "../../src/fleet/mod.ts";
import { silentLog } from "../../src/base/log.ts";
import { guardSockets } from "../../src/nats/socket_guard.ts";
import { startNatsServer } from "../support/nats_server.ts";
import { newNode } from "../nats/setup.ts";
import { Logged } from "../nats/logged.ts";
import { all, Probe } from "./probe.ts";

const nowMs = 1_700_000_000_000;
const operator = createOperator("wattseal", nowMs);
const [acme, other] = ["acme", "other"].map((name) =>
  createAccount({ name, operatorSeed: operator.seed, prefix: "wattseal", nowMs })
);
assert.ok(acme !== undefined && other !== undefined);
const config = operatorConfig(operator, [acme, other]);

function nodeOf(site: string, account = acme): string {
  assert.ok(account !== undefined);
  return siteCredentials({
    site,
    role: "node",
    account: account.publicKey,
    accountSigningSeed: account.signingSeeds.node,
  });
}

Deno.test("credentials of an operator's account", async (t) => {
  await using server = await startNatsServer({ config });
  const guarded = new AbortController();
  guardSockets(silentLog, guarded.signal);

  await t.step("a new site needs one credentials file and no change of the server", async () => {
    const folder = await Deno.makeTempDir();
    await Deno.writeTextFile(`${folder}/site.creds`, nodeOf("berlin-01"));
    const log = new Logged();
    await using node = newNode({
      address: server.address,
      log,
      options: { credentialsFile: `${folder}/site.creds`, inboxPrefix: "_INBOX_berlin-01" },
    });
    node.start();
    await log.seen(/Created a stream.*WATTSEAL_STATE/);
    await using probe = await Probe.withCreds(server.address, viewer, "_INBOX_viewer.hall");
    const answer = await probe.connection.request("wattseal.berlin-01.evse-1.status.get", "", { timeout: 30_000 });
    assert.equal(answer.json<{ state: string }>().state, "online");
    await Deno.remove(folder, { recursive: true });
  });

  await t.step("the credentials of a site allow only its own subjects and its own inbox", async () => {
    await using probe = await Probe.withCreds(server.address, nodeOf("berlin-02"), "_INBOX_berlin-02");
    const forbidden = {
      publish: [
        "wattseal.berlin-01.evse-1.reading",
        "wattseal.berlin-01.evse-1.transaction.stop",
        "_INBOX_berlin-01.x",
      ],
      subscribe: ["wattseal.>", "wattseal.berlin-01.*.*.get", "_INBOX.>", "_INBOX_berlin-01.>", ">"],
    };
    assert.deepEqual(await probe.refused({ publish: ["wattseal.berlin-02.evse-1.reading"] }), []);
    assert.deepEqual(await probe.refused(forbidden), all(forbidden));
  });

  await t.step("a signing key of one account cannot create users of another", async () => {
    const creds = siteCredentials({
      site: "berlin-01",
      role: "node",
      account: other.publicKey,
      accountSigningSeed: acme.signingSeeds.node,
    });
    await assert.rejects(Probe.withCreds(server.address, creds, "_INBOX_berlin-01"), /Authorization Violation/);
  });

  await t.step("a tenant cannot read messages of another one", async () => {
    await using ours = await Probe.withCreds(server.address, administratorOf(acme), "_INBOX");
    await using theirs = await Probe.withCreds(server.address, administratorOf(other), "_INBOX");
    const seen: string[] = [];
    theirs.connection.subscribe(">", { callback: (_error, { subject }) => void seen.push(subject) });
    await theirs.connection.flush();
    await using site = await Probe.withCreds(server.address, nodeOf("berlin-01"), "_INBOX_berlin-01");
    const mine = ours.connection.subscribe("wattseal.>", { max: 1 });
    await ours.connection.flush();
    site.connection.publish("wattseal.berlin-01.evse-1.reading");
    for await (const { subject } of mine) assert.equal(subject, "wattseal.berlin-01.evse-1.reading");
    await theirs.connection.flush();
    assert.deepEqual(seen, []);
  });
  guarded.abort();
});

Deno.test("credentials are not created for invalid names and keys", () => {
  assert.throws(() => nodeOf("berlin.01"), /"berlin\.01": allowed is one token/);
  assert.throws(() => nodeOf("*"), /allowed is one token/);
  assert.throws(() => nodeOf("viewer"), /it would share the inbox of the role/);
  const options = { site: "berlin-01", role: "node" } as const;
  assert.throws(
    () => siteCredentials({ ...options, account: operator.seed, accountSigningSeed: acme.signingSeeds.node }),
    /not the public key of an account/,
  );
  assert.throws(
    () => siteCredentials({ ...options, account: acme.publicKey, accountSigningSeed: operator.seed }),
    /not the seed of an account's key/,
  );
});

const viewer = userCredentials({
  name: "hall",
  role: "viewer",
  account: acme.publicKey,
  accountSigningSeed: acme.signingSeeds.viewer,
});

function administratorOf({ publicKey, signingSeeds }: typeof acme & object): string {
  return userCredentials({
    name: "admin",
    role: "administrator",
    account: publicKey,
    accountSigningSeed: signingSeeds.administrator,
  });
}

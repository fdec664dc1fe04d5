import assert from "node:assert/strict";
import { AckPolicy, connect, nanos } from "nats";
import { startNatsCluster } from "../support/nats_cluster.ts";
import { startNatsServer } from "../support/nats_server.ts";
import { type Ran, runCommand } from "../support/run_command.ts";

/** Runs `fleet setup` against a server. */
function setUp(address: string, ...args: string[]): Promise<Ran> {
  return runCommand(["fleet", "setup", "--server", address, ...args]);
}

/** The action of each step by subject. */
function actionsOf({ out }: Ran): Record<string, string> {
  const steps = out.trim().split("\n").map((line) => JSON.parse(line));
  return Object.fromEntries(steps.map(({ subject, action, done }) => [subject, done ? `${action} done` : action]));
}

Deno.test(
  "fleet setup creates hub streams without subjects, with the shortest duplicate window, and a billing " +
    "consumer",
  async () => {
    await using server = await startNatsServer();
    const client = await connect({ servers: server.address });
    const manager = await client.jetstreamManager();

    const asked = await setUp(server.address);
    assert.deepEqual([asked.code, asked.out], [2, ""]);
    assert.match(asked.err, /^No stream exists yet: choose --topology hub if .* --topology single/);

    const planned = await setUp(server.address, "--topology", "hub", "--readings", "last", "--dry-run");
    assert.equal(planned.code, 0);
    assert.match(planned.out, /^create +stream WATTSEAL_OCMF +sources: none yet, 1 replica, kept forever, .*100 ms$/m);
    assert.match(planned.out, /^Nothing was changed \(--dry-run\)$/m);
    assert.deepEqual(await manager.streams.list().next(), []);

    const made = await setUp(server.address, "--topology", "hub", "--readings", "last");
    assert.equal(made.code, 0, made.err);
    assert.match(made.out, /^created the stream WATTSEAL_OCMF$/m);
    for (const name of ["WATTSEAL_OCMF", "WATTSEAL_STATE", "WATTSEAL_READINGS"]) {
      const { config } = await manager.streams.info(name);
      assert.deepEqual([config.subjects, config.duplicate_window], [[name], nanos(100)], name);
      assert.equal(config.max_msgs_per_subject, name === "WATTSEAL_OCMF" ? -1 : 1, name);
    }
    const { config } = await manager.consumers.info("WATTSEAL_OCMF", "billing");
    assert.deepEqual([config.ack_policy, config.max_deliver], [AckPolicy.Explicit, -1]);

    const again = await setUp(server.address, "--json");
    assert.deepEqual([again.code, Object.values(actionsOf(again))], [0, ["keep", "keep", "keep", "keep"]], again.out);
    await client.close();
  },
);

Deno.test("fleet setup shows differences and exits with 1, and changes them with --repair; messages stay", async () => {
  await using server = await startNatsServer();
  const client = await connect({ servers: server.address });
  const manager = await client.jetstreamManager();
  assert.equal((await setUp(server.address, "--topology", "single", "--consumer", "billing,archive")).code, 0);
  const { config } = await manager.streams.info("WATTSEAL_OCMF");
  assert.deepEqual([config.subjects, config.duplicate_window], [["wattseal.*.*.ocmf"], nanos(3_600_000)]);
  await client.jetstream().publish("wattseal.berlin.evse-1.ocmf", "a record");
  await manager.streams.update("WATTSEAL_OCMF", { ...config, max_age: nanos(86_400_000), discard: "old" as never });
  await manager.consumers.add("WATTSEAL_STATE", { durable_name: "other", ack_policy: AckPolicy.None });
  await manager.consumers.update("WATTSEAL_OCMF", "archive", { max_deliver: 3 });

  const shown = await setUp(server.address, "--consumer", "billing,archive");
  assert.equal(shown.code, 1);
  const differs =
    /^differs +stream WATTSEAL_OCMF +discard is old, requested new; max_age is 1 d, requested unlimited; --repair/m;
  assert.match(shown.out, differs);
  assert.match(
    shown.out,
    /^differs +consumer archive +max_deliver is 3: .*; remove it with: nats consumer rm WATTSEAL_OCMF/m,
  );
  assert.equal((await manager.streams.info("WATTSEAL_OCMF")).config.max_age, nanos(86_400_000));

  const repaired = await setUp(server.address, "--repair");
  assert.equal(repaired.code, 0, repaired.out + repaired.err);
  assert.match(repaired.out, /^changed the stream WATTSEAL_OCMF$/m);
  const { config: after, state } = await manager.streams.info("WATTSEAL_OCMF");
  assert.deepEqual([after.max_age, after.discard, state.messages], [0, "new", 1]);

  await manager.streams.delete("WATTSEAL_STATE");
  await manager.streams.add({ name: "WATTSEAL_STATE", subjects: config.subjects.slice(1), storage: "memory" as never });
  const fixed = await setUp(server.address, "--repair", "--readings", "none");
  assert.equal(fixed.code, 1);
  assert.match(
    fixed.out,
    /^differs +stream WATTSEAL_STATE +storage is memory, requested file; .*the server cannot change/m,
  );
  assert.match(fixed.out, /^differs +stream WATTSEAL_READINGS +not requested, but not removed/m);
  assert.equal((await manager.streams.info("WATTSEAL_READINGS")).config.name, "WATTSEAL_READINGS");
  await client.close();
});

Deno.test("fleet setup retries while a cluster forms, and reports the reason of a refusal", async () => {
  await using cluster = await startNatsCluster();
  const [first, second, third] = [...cluster.servers.values()];
  assert.ok(first !== undefined && second !== undefined && third !== undefined);
  await Promise.all([second.stop(), third.stop()]);
  const waiting = setUp(first.address, "--topology", "hub", "--json", "--wait", "300");
  const early = await setUp(first.address, "--topology", "hub", "--wait", "0");
  assert.equal(early.code, 1);
  assert.match(early.err, /^Cannot (?:read|create) the stream WATTSEAL_OCMF: /);
  await Promise.all([second.restart(), third.restart()]);
  const made = await waiting;
  assert.equal(made.code, 0, made.err);
  assert.match(made.err, /^Cannot (?:read|create) the stream WATTSEAL_OCMF yet, retrying for \d+ s: /);
  assert.deepEqual(new Set(Object.values(actionsOf(made))), new Set(["create done"]));
  const client = await connect({ servers: first.address });
  const manager = await client.jetstreamManager({ checkAPI: false, timeout: 30_000 });
  assert.equal((await manager.streams.info("WATTSEAL_STATE")).config.num_replicas, 3);
  await client.close();
  const many = await setUp(first.address, "--replicas", "5", "--repair", "--wait", "0");
  assert.equal(many.code, 1);
  assert.match(many.err, /^Cannot change the stream WATTSEAL_OCMF: .*peers/);
});

Deno.test("fleet setup reports missing JetStream and missing permissions", async () => {
  await using plain = await startNatsServer({ jetstream: false });
  const none = await setUp(plain.address, "--topology", "hub", "--wait", "0");
  assert.equal(none.code, 1);
  assert.match(none.err, /^Cannot read the stream WATTSEAL_OCMF: JetStream does not answer: enable it/);
  await using strict = await startNatsServer({
    config: 'authorization { users: [{ user: u, password: p, permissions: { publish: ["wattseal.>"] } }] }',
  });
  const refused = await setUp(`nats://u:p@${strict.address}`, "--topology", "hub", "--wait", "30");
  assert.equal(refused.code, 1);
  assert.match(
    refused.err,
    /the server does not permit this user to publish to \$JS\.API\.STREAM\.INFO\.WATTSEAL_OCMF; connect as an administrator/,
  );
});

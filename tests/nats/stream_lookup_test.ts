import assert from "node:assert/strict";
import { connect, type StreamConfig } from "nats";
import { silentLog } from "../../src/base/log.ts";
import { systemTime } from "../../src/base/time.ts";
import { StreamKeeper } from "../../src/nats/stream_keeper.ts";
import { covers } from "../../src/nats/subject_cover.ts";
import { startNatsServer } from "../support/nats_server.ts";
import { defaultStreams, FakeHealth, newClient } from "./setup.ts";

Deno.test("covers compares subjects token by token, with both wildcards", () => {
  const cases: [wide: string, narrow: string, covered: boolean][] = [
    ["a.b.c", "a.b.c", true],
    ["a.*.*.ocmf", "a.berlin.*.ocmf", true],
    ["a.berlin.*.ocmf", "a.*.*.ocmf", false],
    ["a.berlin.evse-1.ocmf", "a.berlin.*.ocmf", false],
    ["a.>", "a.berlin.*.fault.*", true],
    [">", "a", true],
    ["a.>", "a", false],
    ["a.*", "a.>", false],
    ["a.*", "a.b.c", false],
    ["a.b.c", "a.b", false],
    ["b.*.*.ocmf", "a.berlin.*.ocmf", false],
  ];
  for (const [wide, narrow, covered] of cases) assert.equal(covers(wide, narrow), covered, `${wide} ${narrow}`);
});

Deno.test("StreamKeeper finds the stream with its subjects by name and by subject", async () => {
  await using server = await startNatsServer();
  await using client = await newClient(server.address);
  const manager = await client.jetstreamManager();
  const cases: [exists: Partial<StreamConfig> | undefined, enabled: boolean, lookup: string][] = [
    [undefined, true, "found ACME_OCMF"],
    [undefined, false, "none"],
    [{ name: "ACME_OCMF", subjects: ["acme.berlin.*.ocmf"] }, true, "found ACME_OCMF"],
    [{ name: "ACME_OCMF", subjects: ["acme.berlin.*.ocmf"] }, false, "found ACME_OCMF"],
    [{ name: "BILLING", subjects: ["acme.>"] }, true, "found BILLING"],
    [{ name: "BILLING", subjects: ["acme.*.*.ocmf"] }, false, "found BILLING"],
    [{ name: "ACME_OCMF", subjects: ["acme.paris.*.ocmf"] }, true, "none"],
    [{ name: "BILLING", subjects: ["acme.berlin.evse-1.ocmf"] }, true, "none"],
  ];
  for (const [exists, enabled, expected] of cases) {
    if (exists !== undefined) await manager.streams.add(exists);
    const keeper = newKeeper({ ...defaultStreams, ocmf: { ...defaultStreams.ocmf, enabled } });
    assert.equal(keeper.lookup("ocmf").state, "unknown");
    await keeper.ensure(client);
    const lookup = keeper.lookup("ocmf");
    assert.equal(lookup.state === "found" ? `found ${lookup.stream}` : lookup.state, expected, JSON.stringify(exists));
    for await (const name of manager.streams.names()) await manager.streams.delete(name);
  }
});

Deno.test("StreamKeeper reports the creation time, the last sequence number and the domain of the stream", async () => {
  await using server = await startNatsServer({ jetstream: "domain: edge-7" });
  await using client = await newClient(server.address);
  const keeper = newKeeper(defaultStreams);
  await keeper.ensure(client);
  await client.jetstream().publish("acme.berlin.evse-1.ocmf", "{}");
  await keeper.ensure(client);
  const lookup = keeper.lookup("ocmf");
  assert(lookup.state === "found");
  const { created } = await (await client.jetstreamManager()).streams.info("ACME_OCMF");
  assert.deepEqual([lookup.createdAt, lookup.lastSeq, lookup.domain], [created, 1, "edge-7"]);
  await server.stop();
  await server.wipeStore();
  await server.restart();
  await using later = await newClient(server.address);
  await keeper.ensure(later);
  const again = keeper.lookup("ocmf");
  assert(again.state === "found");
  assert.notEqual(again.createdAt, created);
  assert.equal(again.lastSeq, 0);
});

Deno.test("StreamKeeper finds a stream whose settings it may not read, and names the missing permission", async () => {
  const deny = '"$JS.API.STREAM.INFO.*"';
  await using server = await startNatsServer({
    config: `authorization { users: [
      { user: admin, password: admin }, { user: node, password: node, permissions: { publish: { deny: ${deny} } } }
    ] }`,
  });
  const open = async (user: string) => {
    const client = await connect({ servers: server.address, user, pass: user });
    return Object.assign(client, { [Symbol.asyncDispose]: () => client.close() });
  };
  await using admin = await open("admin");
  await using node = await open("node");
  const manager = await admin.jetstreamManager();
  for (const name of ["ACME_OCMF", "BILLING"]) {
    await manager.streams.add({ name, subjects: ["acme.*.*.ocmf"] });
    const keeper = newKeeper(defaultStreams);
    await keeper.ensure(node);
    const lookup = keeper.lookup("ocmf");
    assert(lookup.state === "found");
    assert.deepEqual([lookup.stream, lookup.createdAt], [name, ""]);
    assert.match(keeper.problems[1] ?? "", /^No stream has .*allow .* \$JS.API.STREAM.INFO.ACME_READINGS$/);
    assert.match(keeper.problems[0] ?? "", new RegExp(`allow this user to publish to \\$JS.API.STREAM.INFO.${name}$`));
    assert.equal(keeper.complete, true);
    await manager.streams.delete(name);
  }
});

Deno.test("StreamKeeper reports an unknown stream without JetStream", async () => {
  await using server = await startNatsServer({ jetstream: false });
  await using client = await newClient(server.address);
  const keeper = newKeeper(defaultStreams);
  await keeper.ensure(client);
  assert.equal(keeper.lookup("ocmf").state, "unknown");
});

function newKeeper(streams: typeof defaultStreams): StreamKeeper {
  return new StreamKeeper({ prefix: "acme", site: "berlin", streams, domain: undefined }, {
    health: new FakeHealth(),
    log: silentLog,
    time: systemTime,
  });
}

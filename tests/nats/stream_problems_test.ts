import assert from "node:assert/strict";
import { DiscardPolicy, nanos, RetentionPolicy, StorageType, type StreamConfig } from "nats";
import { silentLog } from "../../src/base/log.ts";
import { systemTime } from "../../src/base/time.ts";
import { StreamKeeper } from "../../src/nats/stream_keeper.ts";
import { startNatsServer } from "../support/nats_server.ts";
import { Logged } from "./logged.ts";
import { defaultStreams, FakeHealth, newClient } from "./setup.ts";

const hour = nanos(3_600_000);
const ocmf = { name: "ACME_OCMF", subjects: ["acme.*.*.ocmf"], duplicate_window: hour, discard: DiscardPolicy.New };
const readings = { name: "ACME_READINGS", subjects: ["acme.*.*.reading"] };
const state = {
  name: "ACME_STATE",
  subjects: ["acme.*.*.public_key", "acme.*.*.status", "acme.*.*.fault.*"],
  max_msgs_per_subject: 1,
  allow_direct: true,
};
const month = { ...defaultStreams, ocmf: { ...defaultStreams.ocmf, maxAgeDays: 30, maxBytes: 5_000_000 } };
const limited = { ...defaultStreams, readings: { ...defaultStreams.readings, maxBytes: 5_000_000 } };

const provided = { ...defaultStreams, readings: { ...defaultStreams.readings, enabled: false } };
const ofSite = {
  ...defaultStreams,
  scope: "site" as const,
  readings: { ...defaultStreams.readings, neededBytes: 900_000_000 },
};

/** The finding for each stream, as the beginning of its sentence, and whether a record can be lost. */
const cases: [exists: Partial<StreamConfig>, streams: typeof defaultStreams, says: string, isUnsafe: boolean][] = [
  [{ ...ocmf, max_msgs: 2, discard: DiscardPolicy.Old }, defaultStreams, "discards the oldest messages", true],
  [{ ...ocmf, max_bytes: 5_000_000, discard: DiscardPolicy.Old }, month, "discards the oldest messages", true],
  [{ ...ocmf, discard: DiscardPolicy.Old }, defaultStreams, "", false],
  [{ ...ocmf, max_msgs: 2 }, defaultStreams, "is full with 2 messages", false],
  [{ ...ocmf, max_bytes: 4_000_000 }, month, "is full with 4000000 bytes", false],
  [{ ...ocmf, max_bytes: 5_000_000 }, month, "", false],
  [{ ...ocmf, max_bytes: 6_000_000, max_age: 31 * 24 * hour }, month, "", false],
  [{ ...ocmf, retention: RetentionPolicy.Interest }, defaultStreams, "removes a message when no consumer", true],
  [{ ...ocmf, retention: RetentionPolicy.Workqueue }, defaultStreams, "removes a message when one consumer", true],
  [{ ...ocmf, storage: StorageType.Memory }, defaultStreams, "keeps messages in memory", true],
  [{ ...ocmf, max_msgs_per_subject: 1 }, defaultStreams, "keeps only the last message of a subject", true],
  [{ ...ocmf, max_age: hour }, defaultStreams, "keeps a message for 1 h instead of an unlimited time", true],
  [{ ...ocmf, max_age: hour }, month, "keeps a message for 1 h instead of 30 d", true],
  [{ ...ocmf, no_ack: true }, defaultStreams, "acknowledges nothing", true],
  [{ ...ocmf, duplicate_window: nanos(60_000) }, defaultStreams, "recognises a repeated message for 1 min", false],
  [{ ...ocmf, subjects: ["acme.paris.*.ocmf"] }, defaultStreams, "does not have the subject acme.berlin", true],
  [{ ...ocmf, name: "HUB" }, defaultStreams, "", false],
  [{ ...ocmf, name: "HUB", max_msgs_per_subject: 1 }, defaultStreams, "keeps only the last message of a subject", true],
  [{ ...state, name: "HUB", max_msgs_per_subject: -1, allow_direct: false }, defaultStreams, "", false],
  [{ ...readings, name: "HUB", max_bytes: 1_000_000, discard: DiscardPolicy.New }, limited, "", false],
  [{ ...readings, storage: StorageType.Memory }, defaultStreams, "keeps messages in memory", false],
  [{ ...readings, max_age: hour }, defaultStreams, "keeps a message for 1 h instead of 7 d", false],
  [{ ...readings, max_msgs: 100 }, defaultStreams, "is full with 100 messages", false],
  [{ ...readings, max_bytes: 1_000_000 }, limited, "is full with 1000000 bytes", false],
  [{ ...readings, max_bytes: 1_000_000 }, defaultStreams, "", false],
  [{ ...readings, subjects: ["acme.berlin.*.reading"] }, ofSite, "has no limit, so readings can fill", false],
  [{ ...readings, subjects: ["acme.berlin.*.reading"], max_bytes: 1_000_000 }, ofSite, "", false],
  [{ ...readings, storage: StorageType.Memory, max_msgs_per_subject: 1 }, provided, "", false],
  [{ ...readings, max_bytes: 5_000_000, discard: DiscardPolicy.New }, limited, "refuses new messages", false],
  [{ ...readings, subjects: ["acme.paris.*.reading"] }, defaultStreams, "does not have the subject", false],
  [{ ...state, allow_direct: false }, defaultStreams, "does not allow direct get", false],
  [{ ...state, max_msgs_per_subject: -1 }, defaultStreams, "keeps more than the last message", false],
];

Deno.test("StreamKeeper finds settings that can lose a record, and its command corrects them", async () => {
  await using server = await startNatsServer();
  await using client = await newClient(server.address);
  const manager = await client.jetstreamManager();
  for (const [exists, streams, says, isUnsafe] of cases) {
    const about = JSON.stringify(exists);
    const name = exists.name ?? "";
    await manager.streams.add(exists);
    const before = (await manager.streams.info(name)).config;
    const { keeper, health } = newKeeper(streams);
    await keeper.ensure(client);
    assert.deepEqual((await manager.streams.info(name)).config, before, `altered: ${about}`);
    const [problem = "", ...more] = keeper.problems;
    assert.deepEqual(more, [], about);
    assert.equal(problem.slice(0, `Stream ${name} ${says}`.length), says && `Stream ${name} ${says}`, about);
    assert.equal(health.message("StreamUnsafe"), isUnsafe ? problem : undefined, about);
    if (problem !== "") await carryOut(problem, manager, name);
    await keeper.ensure(client);
    assert.deepEqual(keeper.problems, [], `not corrected: ${about}`);
    assert.equal(health.message("StreamUnsafe"), undefined, about);
    for await (const stream of manager.streams.names()) await manager.streams.delete(stream);
  }
});

Deno.test("StreamKeeper names a stream whose subjects another stream has, and subjects without a stream", async () => {
  await using server = await startNatsServer();
  await using client = await newClient(server.address);
  const manager = await client.jetstreamManager();
  await manager.streams.add({ ...ocmf, name: "PARIS", subjects: ["acme.paris.*.ocmf"] });
  const { keeper, health } = newKeeper(defaultStreams);
  await keeper.ensure(client);
  assert.match(health.message("StreamUnsafe") ?? "", /^Cannot create stream ACME_OCMF: subjects overlap.*scope/);
  await manager.streams.delete("PARIS");
  const other = newKeeper({ ...defaultStreams, ocmf: { ...defaultStreams.ocmf, enabled: false } });
  await other.keeper.ensure(client);
  assert.equal(other.health.message("StreamUnsafe"), undefined);
  const [problem = ""] = other.keeper.problems;
  assert.match(problem, /^No stream has the subject acme.berlin.\*.ocmf, .* run nats stream add ACME_OCMF/);
  await carryOut(problem, manager, "ACME_OCMF");
  await other.keeper.ensure(client);
  assert.deepEqual(other.keeper.problems, []);
});

Deno.test("StreamKeeper names the command that moves subjects to its own stream", async () => {
  await using server = await startNatsServer();
  await using client = await newClient(server.address);
  const manager = await client.jetstreamManager();
  await manager.streams.add({ ...ocmf, subjects: ["acme.paris.*.ocmf"] });
  await manager.streams.add({ ...ocmf, name: "HUB", subjects: ["acme.berlin.*.ocmf"] });
  const { keeper, health } = newKeeper(defaultStreams);
  await keeper.ensure(client);
  const [problem = ""] = keeper.problems;
  assert.match(
    problem,
    /^Stream HUB has acme.berlin.\*.ocmf. If ACME_OCMF should have them, remove them from HUB first/,
  );
  await manager.streams.delete("HUB");
  await carryOut(problem, manager, "ACME_OCMF");
  await keeper.ensure(client);
  const lookup = keeper.lookup("ocmf");
  assert.deepEqual([keeper.problems, lookup.state === "found" && lookup.stream], [[], "ACME_OCMF"]);
  assert.equal(health.message("StreamUnsafe"), undefined);
});

Deno.test("StreamKeeper with scope site stores only its own messages, and reports messages of other sites", async () => {
  await using server = await startNatsServer({ jetstream: "domain: edge-7" });
  await using client = await newClient(server.address);
  const manager = await client.jetstreamManager();
  await manager.streams.add({ ...ocmf, subjects: ["acme.*.*.ocmf"] });
  await client.jetstream().publish("acme.paris.evse-1.ocmf", "{}");
  await client.jetstream().publish("acme.berlin.evse-1.ocmf", "{}");
  const log = new Logged();
  const { keeper, health } = newKeeper({ ...defaultStreams, scope: "site" }, log);
  await keeper.ensure(client);
  const subjects = async (name: string) => (await manager.streams.info(name)).config.subjects;
  assert.deepEqual(await subjects("ACME_READINGS"), ["acme.berlin.*.reading"]);
  assert.deepEqual(await subjects("ACME_OCMF"), ["acme.*.*.ocmf"]);
  const [wider = ""] = keeper.problems;
  assert.match(
    wider,
    /^Stream ACME_OCMF also stores messages of other sites .* Set it to all .*, otherwise run nats stream edit/,
  );
  await carryOut(wider, manager, "ACME_OCMF");
  await keeper.ensure(client);
  assert.match(
    keeper.problems.join(),
    /^Stream ACME_OCMF holds messages of other sites: .* nats stream purge ACME_OCMF/,
  );
  await manager.streams.purge("ACME_OCMF", { filter: "acme.paris.evse-1.ocmf" });
  await keeper.ensure(client);
  assert.deepEqual(keeper.problems, []);
  assert.equal(health.message("StreamUnsafe"), undefined);
  assert.equal(log.count(/its own JetStream domain/), 0);
});

Deno.test("StreamKeeper warns once if streams of all sites are in their own domain", async () => {
  await using server = await startNatsServer({ jetstream: "domain: edge-7" });
  await using client = await newClient(server.address);
  const log = new Logged();
  const { keeper } = newKeeper(defaultStreams, log);
  await keeper.ensure(client);
  await keeper.ensure(client);
  assert.equal(log.count(/warn .*its own JetStream domain.*streams.scope: site.*edge-7/), 1);
});

Deno.test("StreamKeeper does not warn about streams while the process ends its connection", async () => {
  await using server = await startNatsServer();
  const client = await newClient(server.address);
  const log = new Logged();
  const { keeper } = newKeeper(defaultStreams, log);
  const drained = client.drain();
  assert.deepEqual(await keeper.ensure(client), []);
  await drained;
  assert.deepEqual(await keeper.ensure(client), []);
  assert.equal(log.count(/^warn /), 0);
});

Deno.test("a stream that a new configuration does not use has no problem, and what still waits goes to it", async () => {
  await using server = await startNatsServer();
  await using client = await newClient(server.address);
  const intervals = { enabled: false, replicas: 1, maxAgeDays: 400 };
  const withIntervals: typeof defaultStreams = { ...defaultStreams, intervals };
  const place = { prefix: "acme", site: "berlin", domain: undefined, streams: withIntervals };
  const keeper = new StreamKeeper(place, { health: new FakeHealth(), log: silentLog, time: systemTime });
  await keeper.ensure(client);
  assert.match(keeper.problems.join(), /^No stream has the subject acme.berlin.\*.interval/);
  place.streams = defaultStreams;
  await keeper.ensure(client);
  assert.deepEqual([keeper.problems, keeper.lookup("intervals").state], [[], "unknown"]);

  place.streams = withIntervals;
  await (await client.jetstreamManager()).streams.add({ name: "HUB", subjects: ["acme.*.*.interval"] });
  await keeper.ensure(client);
  place.streams = defaultStreams;
  await keeper.ensure(client);
  const lookup = keeper.lookup("intervals");
  assert.equal(lookup.state === "found" && lookup.stream, "HUB");
});

function newKeeper(streams: typeof defaultStreams, log = silentLog): { keeper: StreamKeeper; health: FakeHealth } {
  const health = new FakeHealth();
  const place = { prefix: "acme", site: "berlin", streams, domain: undefined };
  return { keeper: new StreamKeeper(place, { health, log, time: systemTime }), health };
}

type Manager = Awaited<ReturnType<Awaited<ReturnType<typeof newClient>>["jetstreamManager"]>>;

/** Carries out the `nats` command lines of a problem. */
async function carryOut(problem: string, manager: Manager, name: string): Promise<void> {
  const [, command = "", options = ""] = /nats stream (add|edit|rm) \S+ (.*)/.exec(problem) ?? [];
  assert.match(problem, new RegExp(` stream ${command} ${name} `));
  if (command === "rm") return void await manager.streams.delete(name);
  const config: Partial<StreamConfig> = { subjects: [] };
  for (const [, key = "", value = ""] of options.matchAll(/--([a-z-]+)(?:='?([^' ]*)'?)?/g)) {
    Object.assign(config, configOf(key, value, config));
  }
  if (config.subjects?.length === 0) delete config.subjects;
  if (command === "add") await manager.streams.add({ name, ...config });
  else await manager.streams.update(name, config);
}

function configOf(key: string, value: string, { subjects = [] }: Partial<StreamConfig>): object {
  const unit = { s: 1e9, h: 3600e9 }[value.at(-1) ?? ""] ?? NaN;
  const duration = parseFloat(value) * unit;
  switch (key) {
    case "subjects":
      return { subjects: [...subjects, value] };
    case "max-age":
      return { max_age: duration };
    case "dupe-window":
      return { duplicate_window: duration };
    case "ack":
      return { no_ack: false };
    case "deny-delete":
    case "deny-purge":
    case "allow-direct":
      return { [key.replaceAll("-", "_")]: true };
    case "defaults":
      return {};
    case "replicas":
      return { num_replicas: Number(value) };
    default:
      return { [key.replaceAll("-", "_")]: /^-?\d+$/.test(value) ? Number(value) : value };
  }
}

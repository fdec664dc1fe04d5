import assert from "node:assert/strict";
import { connect, type NatsConnection } from "nats";
import { systemTime } from "../../src/base/time.ts";
import { StreamKeeper } from "../../src/nats/stream_keeper.ts";
import type { StreamsOptions } from "../../src/nats/streams.ts";
import { startNatsServer } from "../support/nats_server.ts";
import { Logged } from "./logged.ts";
import { defaultStreams, FakeHealth } from "./setup.ts";

const needed = 11_600_000_000;
const site = withReadings({ neededBytes: needed });

function withReadings(readings: Partial<StreamsOptions["readings"]>, scope: "all" | "site" = "site"): StreamsOptions {
  return { ...defaultStreams, scope, readings: { ...defaultStreams.readings, ...readings } };
}

Deno.test("StreamKeeper limits readings to the bytes that they need, and to the room of the account and the server", async () => {
  await using server = await startNatsServer({
    jetstream: "max_file_store: 20GB",
    config: `accounts {
      wide { jetstream: enabled, users: [{ user: wide, password: wide }] }
      narrow { jetstream { max_file: 100MB }, users: [{ user: narrow, password: narrow }] }
      short { jetstream { disk_max_stream_bytes: 10MB }, users: [{ user: short, password: short }] }
    }`,
  });
  await using small = await startNatsServer({ jetstream: "max_file_store: 10MB" });
  const { address } = server;
  const cases: [address: string, user: string | undefined, streams: StreamsOptions, maxBytes: number][] = [
    [address, "wide", site, needed],
    [address, "narrow", site, 0.75 * 100 * 1024 * 1024],
    [address, "short", site, Math.floor(needed / 2048)],
    [small.address, undefined, site, Math.floor(needed / 2048)],
    [address, "narrow", withReadings({ neededBytes: Infinity }), 0.75 * 100 * 1024 * 1024],
    [address, "wide", withReadings({ neededBytes: Infinity }), -1],
    [address, "wide", withReadings({ neededBytes: needed, maxBytes: 7_000_000 }), 7_000_000],
    [address, "wide", withReadings({ neededBytes: needed, maxBytes: 7_000_000 }, "all"), 7_000_000],
    [address, "wide", withReadings({ neededBytes: needed }, "all"), -1],
  ];
  for (const [address, user, streams, maxBytes] of cases) {
    await using client = await open(address, user);
    await newKeeper(streams).keeper.ensure(client);
    const manager = await client.jetstreamManager();
    const { config } = await manager.streams.info("ACME_READINGS");
    assert.equal(config.max_bytes, maxBytes, JSON.stringify([user, streams.scope, streams.readings]));
    for await (const name of manager.streams.names()) await manager.streams.delete(name);
  }
});

Deno.test("StreamKeeper leaves room for records on a server that is full of readings", async () => {
  await using server = await startNatsServer({ jetstream: "max_file_store: 10MB" });
  await using client = await open(server.address);
  await newKeeper(site).keeper.ensure(client);
  const stream = client.jetstream({ timeout: 30_000 });
  const reading = new Uint8Array(100_000);
  for (let count = 0; count < 150; count++) await stream.publish("acme.berlin.evse-1.reading", reading);
  const record = await stream.publish("acme.berlin.evse-1.ocmf", new Uint8Array(10_000));
  assert.equal(record.stream, "ACME_OCMF");
  const { state } = await (await client.jetstreamManager()).streams.info("ACME_READINGS");
  assert.ok(state.messages < 100);
});

Deno.test("StreamKeeper raises JetStreamFull if there is no room for the stream of records, until it exists", async () => {
  await using server = await startNatsServer({ jetstream: "max_file_store: 10MB" });
  await using client = await open(server.address);
  const manager = await client.jetstreamManager();
  await manager.streams.add({ name: "OTHER", subjects: ["other"], max_bytes: 9_000_000 });
  const { keeper, health, log } = newKeeper({
    ...site,
    ocmf: { ...defaultStreams.ocmf, maxBytes: 5_000_000 },
  });
  await keeper.ensure(client);
  const message = health.message("JetStreamFull") ?? "";
  assert.match(message, /^Cannot create stream ACME_OCMF: insufficient storage .*: raise `max_file_store`/);
  assert.equal(health.message("StreamUnsafe"), undefined);
  assert.deepEqual([keeper.lookup("ocmf").state, keeper.problems[0]], ["none", message]);
  assert.equal(log.count(/warn Cannot create the stream.*ACME_OCMF.*raise `max_file_store`/), 1);
  await manager.streams.delete("OTHER");
  await keeper.ensure(client);
  assert.equal(health.message("JetStreamFull"), undefined);
  assert.deepEqual([keeper.lookup("ocmf").state, keeper.problems], ["found", []]);
});

function newKeeper(streams: StreamsOptions): { keeper: StreamKeeper; health: FakeHealth; log: Logged } {
  const [health, log] = [new FakeHealth(), new Logged()];
  const place = { prefix: "acme", site: "berlin", streams, domain: undefined };
  return { keeper: new StreamKeeper(place, { health, log, time: systemTime }), health, log };
}

async function open(address: string, user?: string): Promise<NatsConnection & AsyncDisposable> {
  const client = await connect({ servers: address, ...(user === undefined ? {} : { user, pass: user }) });
  return Object.assign(client, { [Symbol.asyncDispose]: () => client.close() });
}

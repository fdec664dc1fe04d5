import assert from "node:assert/strict";
import type { NatsConnection } from "nats";
import { timestamp } from "../../src/base/time.ts";
import { startNatsServer } from "../support/nats_server.ts";
import { deviceFault, em580, FakeServedMeter, reading } from "./fakes.ts";
import { Logged } from "./logged.ts";
import { newClient, newNode } from "./setup.ts";

const root = "wattseal.berlin-01";

/** The last value by a direct get. */
async function last(client: NatsConnection, suffix: string): Promise<Record<string, unknown>> {
  return (await client.request(`$JS.API.DIRECT.GET.WATTSEAL_STATE.${root}.${suffix}`)).json();
}

Deno.test("NatsNode keeps the last value of each state subject", async () => {
  await using server = await startNatsServer();
  const served = new FakeServedMeter("evse-1");
  await using node = newNode({ address: server.address, meters: [served] });
  node.start();
  await node.connected;
  await using client = await newClient(server.address);
  served.meter.state = "connecting";
  node.publishStatus("evse-1");
  served.meter.state = "online";
  node.publishStatus("evse-1");
  node.publishPublicKey("evse-1");
  node.publishFault("evse-1", deviceFault);
  // The answer shows that the server has everything that was published before it
  await client.request(`${root}.evse-1.status.get`);
  assert.equal((await last(client, "evse-1.status"))["state"], "online");
  assert.equal((await last(client, "evse-1.public_key"))["meter_id"], em580.meterId);
  assert.deepEqual(await last(client, "evse-1.fault.DeviceStateError"), {
    type: "powermeter/VendorError",
    sub_type: "DeviceStateError",
    severity: "Low",
    active: true,
    message: "over range",
    since: "2026-01-01T00:00:00.000Z",
    timestamp: "2026-01-01T00:00:00.000Z",
  });
  const { state } = await (await client.jetstreamManager()).streams.info("WATTSEAL_STATE", { subjects_filter: ">" });
  assert.deepEqual(Object.values(state.subjects ?? {}), [1, 1, 1, 1]);
});

Deno.test("NatsNode reports since when a meter is in its state", async () => {
  await using server = await startNatsServer();
  const served = new FakeServedMeter("evse-1");
  await using node = newNode({ address: server.address, meters: [served] });
  node.start();
  await node.connected;
  await using client = await newClient(server.address);
  const get = async () => (await client.request(`${root}.evse-1.status.get`)).json<Record<string, string>>();
  const first = await get();
  const second = await get();
  assert.equal(second["since"], first["since"]);
  served.meter.state = "offline";
  const third = await get();
  assert.equal(third["state"], "offline");
  assert.equal(third["since"], third["timestamp"]);
});

Deno.test("NatsNode publishes states again that changed while NATS was not reachable, and drops readings without a spool", async () => {
  await using server = await startNatsServer();
  const log = new Logged();
  const served = new FakeServedMeter("evse-1");
  await using node = newNode({ address: server.address, meters: [served], log });
  node.start();
  await node.connected;
  node.publishFault("evse-1", deviceFault);
  const away = log.next(/The NATS connection is lost/);
  await server.stop();
  await away;
  served.meter.state = "offline";
  node.publishStatus("evse-1");
  node.publishFault("evse-1", { ...deviceFault, active: false });
  node.publishReading("evse-1", reading);
  const back = log.next(/Connected to NATS again/);
  await server.restart();
  await back;
  await using client = await newClient(server.address);
  await client.request(`${root}.evse-1.status.get`);
  // A server that has just restarted may answer a request for its stream with no message
  const cleared = async () =>
    (await last(client, "evse-1.fault.DeviceStateError").catch((): Record<string, unknown> => ({})))["active"] ===
      false;
  while (!(await cleared())) await client.flush();
  assert.equal((await last(client, "evse-1.status"))["state"], "offline");
  const { state } = await (await client.jetstreamManager()).streams.info("WATTSEAL_READINGS");
  assert.equal(state.messages, 0);
});

Deno.test("NatsNode clears faults that an earlier run left raised, but only those of its own meters", async () => {
  await using server = await startNatsServer();
  await using client = await newClient(server.address);
  {
    const both = [new FakeServedMeter("evse-1"), new FakeServedMeter("evse-9")];
    await using earlier = newNode({ address: server.address, meters: both });
    earlier.start();
    await earlier.connected;
    earlier.publishFault("evse-1", deviceFault);
    earlier.publishFault("evse-1", { ...deviceFault, subType: "ClockNotSet", active: false });
    earlier.publishFault("evse-1", { ...deviceFault, subType: "CommunicationError" });
    earlier.publishFault("evse-9", deviceFault);
  }
  const published: string[] = [];
  client.subscribe(`${root}.*.fault.*`, { callback: (_error, { subject }) => published.push(subject) });
  await client.flush();
  await using node = newNode({ address: server.address, meters: [new FakeServedMeter("evse-1")] });
  // Still raised in this run
  node.publishFault("evse-1", { ...deviceFault, subType: "CommunicationError", message: "silent" });
  node.start();
  await node.connected;
  const stale = await last(client, "evse-1.fault.DeviceStateError");
  assert.equal(stale["active"], false);
  assert.equal(stale["since"], "2026-01-01T00:00:00.000Z");
  assert.notEqual(stale["timestamp"], "2026-01-01T00:00:00.000Z");
  assert.equal((await last(client, "evse-1.fault.CommunicationError"))["active"], true);
  assert.equal((await last(client, "evse-9.fault.DeviceStateError"))["active"], true);
  await client.flush();
  assert.equal(published.includes(`${root}.evse-1.fault.ClockNotSet`), false);
});

Deno.test("NatsNode publishes its status, and publishes stopped for its meters when it is closed", async () => {
  await using server = await startNatsServer();
  await using client = await newClient(server.address);
  const identity = { instance: "two", replaces: "one" };
  const node = newNode({ address: server.address, meters: [new FakeServedMeter("evse-1")], identity });
  node.start();
  await node.connected;
  const alive = await last(client, "_node.status");
  assert.deepEqual(Object.keys(alive), [
    "version",
    "instance",
    "replaces",
    "started_at",
    "state",
    "lines",
    "meters",
    "meter_stats",
    "undelivered_records",
    "spooled_readings",
    "dropped_readings",
    "clock_synchronised",
    "faults",
    "nats",
    "ttl_s",
    "expires_at",
  ]);
  assert.deepEqual([alive["instance"], alive["replaces"], alive["ttl_s"]], ["two", "one", 90]);
  assert.deepEqual([alive["state"], alive["meters"]], ["online", { "evse-1": "online" }]);
  assert.deepEqual(alive["lines"], [{
    name: "rs485-1",
    state: "open",
    utilisation: 0.25,
    exchanges: 10,
    errors: 1,
    errors_by_kind: { timeout: 1, crc: 0, unexpected_answer: 0, exception: 2 },
    latency_ms: { p50: 18, p99: 31 },
  }]);
  assert.deepEqual(alive["meter_stats"], {
    "evse-1": {
      exchanges: 9,
      errors: 0,
      errors_by_kind: { timeout: 0, crc: 0, unexpected_answer: 0, exception: 2 },
      skipped_readings: 3,
    },
  });
  const livesMs = Date.parse(String(alive["expires_at"])) - Date.now();
  assert.ok(livesMs > 80_000 && livesMs <= 90_000, String(livesMs));
  await node.close();
  const gone = await last(client, "_node.status");
  assert.deepEqual([gone["state"], gone["ttl_s"], gone["meters"]], ["stopped", 0, { "evse-1": "stopped" }]);
  assert.ok(Date.parse(String(gone["expires_at"])) <= Date.now());
  assert.equal((await last(client, "evse-1.status"))["state"], "stopped");
});

Deno.test("NatsNode publishes the faults of its process, also in its status, and clears those of an earlier run", async () => {
  await using server = await startNatsServer();
  await using client = await newClient(server.address);
  const full = { ...deviceFault, subType: "DiskSpaceLow", message: "less than 100 MB" } as const;
  {
    const health = { faults: [full], clockSynchronised: false, raise: () => {}, clear: () => {} };
    await using node = newNode({ address: server.address, health });
    node.start();
    await node.connected;
    node.publishNodeFault(full);
    await client.request(`${root}.evse-1.status.get`);
    const status = await last(client, "_node.status");
    const told = {
      type: "node/StorageFault",
      sub_type: "DiskSpaceLow",
      severity: "Medium",
      active: true,
      message: "less than 100 MB",
      since: "2026-01-01T00:00:00.000Z",
    };
    assert.deepEqual(status["faults"], [told]);
    assert.equal(status["clock_synchronised"], false);
    const kept = await last(client, "_node.fault.DiskSpaceLow");
    assert.deepEqual(kept, { ...told, timestamp: "2026-01-01T00:00:00.000Z" });
  }
  await using later = newNode({ address: server.address });
  later.start();
  await later.connected;
  assert.equal((await last(client, "_node.fault.DiskSpaceLow"))["active"], false);
});

Deno.test("NatsNode publishes a reading with a message id of meter id and timestamp", async () => {
  await using server = await startNatsServer();
  await using node = newNode({ address: server.address });
  node.start();
  await node.connected;
  await using client = await newClient(server.address);
  node.publishReading("evse-1", reading);
  node.publishReading("evse-1", reading);
  await client.request(`${root}.evse-1.status.get`);
  const manager = await client.jetstreamManager();
  const stored = await manager.streams.getMessage("WATTSEAL_READINGS", { last_by_subj: `${root}.evse-1.reading` });
  assert.equal(stored.header.get("Nats-Msg-Id"), "BY1234567.2024:2026-01-31T08:00:00.250Z");
  assert.equal((await manager.streams.info("WATTSEAL_READINGS")).state.messages, 1);
});

Deno.test("NatsNode loses no reading of meters that have the same id", async () => {
  await using server = await startNatsServer();
  const log = new Logged();
  const meters = ["evse-1", "evse-2", "evse-3"].map((name) => new FakeServedMeter(name));
  await using node = newNode({ address: server.address, meters, log });
  node.start();
  await node.connected;
  await using client = await newClient(server.address);
  for (const meterId of ["", "BY1234567.2024"]) {
    for (const name of ["evse-1", "evse-2", "evse-3", "evse-2"]) node.publishReading(name, { ...reading, meterId });
  }
  node.publishReading("evse-1", { ...reading, meterId: "BY7654321.2024" });
  await client.request(`${root}.evse-1.status.get`);
  const manager = await client.jetstreamManager();
  const ids: string[] = [];
  for (let seq = 1; seq <= 7; seq++) {
    const { header } = await manager.streams.getMessage("WATTSEAL_READINGS", { seq });
    ids.push(header.get("Nats-Msg-Id").replace(timestamp(reading.takenAtMs), "T"));
  }
  const own = ["BY1234567.2024:T", "BY1234567.2024:T:evse-2", "BY1234567.2024:T:evse-3"];
  assert.deepEqual(ids, [":T", ":T:evse-2", ":T:evse-3", ...own, "BY7654321.2024:T"]);
  assert.equal((await manager.streams.info("WATTSEAL_READINGS")).state.messages, 7);
  assert.equal(log.count(/^warn Two meters have the same id: .*"other":"evse-1"/), 4);
});

Deno.test("NatsNode publishes a reading of a meter whose serial number is not valid in a header", async () => {
  await using server = await startNatsServer();
  await using node = newNode({ address: server.address });
  node.start();
  await node.connected;
  await using client = await newClient(server.address);
  node.publishReading("evse-1", { ...reading, meterId: "AB\nC\u00e9.2024" });
  await client.request(`${root}.evse-1.status.get`);
  const manager = await client.jetstreamManager();
  const stored = await manager.streams.getMessage("WATTSEAL_READINGS", { last_by_subj: `${root}.evse-1.reading` });
  assert.equal(stored.header.get("Nats-Msg-Id"), "AB_C_.2024:2026-01-31T08:00:00.250Z");
  assert.equal(stored.json<{ meter_id: string }>().meter_id, "AB\nC\u00e9.2024");
});

import assert from "node:assert/strict";
import { join } from "node:path";
import type { NatsConnection } from "nats";
import type { OcmfResult, PowermeterPayload, PublicKeyPayload } from "../../src/contract/mod.ts";
import { neededRights } from "../../src/nats/mod.ts";
import { SimulatedMeter } from "../../src/simulator/mod.ts";
import { Mosquitto, mosquittoTest, passwordLine } from "../support/mosquitto.ts";
import { startNatsServer } from "../support/nats_server.ts";
import { everyMeterRead, openSite } from "../support/site.ts";
import { CommandProcess } from "../support/start_process.ts";
import { FakeEverest, startPayload } from "./fake_everest.ts";

const prefix = "station/";

/** A user of the broker with the permissions that docs/everest.md names; EVerest has no user here. */
async function permissionsIn(folder: string): Promise<string> {
  const module = `${prefix}everest_api/1/powermeter/meter_1`;
  const topics = [
    "topic readwrite #",
    "user wattseal",
    `topic read ${module}/e2m/#`,
    `topic write ${module}/m2e/#`,
    "topic write wattseal/everest/test",
  ];
  const [users, rights] = [join(folder, "users"), join(folder, "topics")];
  await Deno.writeTextFile(users, passwordLine("wattseal", "secret"), { mode: 0o600 });
  await Deno.writeTextFile(rights, topics.map((line) => `${line}\n`).join(""), { mode: 0o600 });
  return `allow_anonymous true\npassword_file ${users}\nacl_file ${rights}`;
}

/** A user for everything else, and one with only the permissions of its role. */
function usersText(): string {
  const permissions = neededRights("everest", { prefix: "wattseal", site: "test", inboxPrefix: "_INBOX_everest" });
  return `authorization { users: [
    { user: node, password: p }
    { user: everest, password: p, permissions: ${JSON.stringify(permissions)} }
  ] }`;
}

/** The published readings of a meter, by their time. */
function collectReadings(client: NatsConnection): Map<string, PowermeterPayload> {
  const readings = new Map<string, PowermeterPayload>();
  client.subscribe("wattseal.test.evse-1.reading", {
    callback: (_error, message) => {
      const reading = message.json<PowermeterPayload>();
      readings.set(reading.timestamp, reading);
    },
  });
  return readings;
}

/** All records in the stream. */
async function records(client: NatsConnection): Promise<OcmfResult[]> {
  const manager = await client.jetstreamManager();
  const { state } = await manager.streams.info("WATTSEAL_OCMF");
  const numbers = Array.from({ length: state.messages }, (_, index) => state.first_seq + index);
  return await Promise.all(
    numbers.map(async (seq) => (await manager.streams.getMessage("WATTSEAL_OCMF", { seq })).json<OcmfResult>()),
  );
}

mosquittoTest(
  "each session of EVerest has one record, although each process crashes in the first one",
  async (binary) => {
    await using parts = new AsyncDisposableStack();
    const server = parts.use(await startNatsServer({ config: usersText() }));
    const site = parts.use(
      await openSite({
        meters: [new SimulatedMeter({ unit: 1 })],
        meterKeys: "live_measurement_interval_ms: 500",
        nats: { server, keys: "user: node, password: p", client: { user: "node", pass: "p" } },
      }),
    );
    const broker = parts.use(await Mosquitto.start(binary, permissionsIn));
    const config = join(site.folder, "everest.yaml");
    await Deno.writeTextFile(
      config,
      `site: test
nats: { servers: ["${site.server.address}"], user: everest, password: p, inbox_prefix: _INBOX_everest }
mqtt: { server: "${broker.address}", user: wattseal, password: secret }
meters: [{ meter: evse-1, module_id: meter_1, topic_prefix: "${prefix}" }]
`,
    );
    const run = (command: string, file: string) => parts.use(new CommandProcess([command, "--config", file]));
    const readings = collectReadings(site.client);
    const isRead = everyMeterRead(site.client, [1]);
    const everest = parts.use(await FakeEverest.connect(broker.address, { prefix }));
    const firstProcess = run("everest", config);
    const firstService = run("start", site.config);
    await isRead;

    // EVerest starts
    await everest.publish("heartbeat", "0");
    assert.equal(await everest.value("communication_check"), true);
    assert.deepEqual(await everest.ask("stop_transaction", ""), { status: "OK" });
    const key = await everest.known("public_key_ocmf");
    const published = await site.client.request("wattseal.test.evse-1.public_key.get", "");
    assert.equal(key, published.json<PublicKeyPayload>().public_key);
    const values = await everest.value("powermeter_values") as PowermeterPayload;
    await site.client.flush();
    const { temperatures: _, ...reading } = readings.get(values.timestamp) ?? assert.fail("no such reading");
    assert.deepEqual(values, reading);
    assert.ok((values.energy_Wh_import?.total ?? 0) > 0);

    const started = await everest.ask("start_transaction", startPayload("tx-1"));
    assert.equal(started.status, "OK", String(started.error));
    assert.equal(started.signed_meter_value?.encoding_method, "plain");

    await broker.kill();
    await broker.restart();
    assert.equal(await everest.value("communication_check"), true);

    // Whether the service has this stop before the process is gone is not certain, and makes no difference
    await everest.request("stop_transaction", "tx-1");
    firstProcess.signal("SIGKILL");
    await firstProcess.ended();
    run("everest", config);
    assert.equal(await everest.value("communication_check"), true);

    firstService.signal("SIGKILL");
    await firstService.ended();
    const stopping = everest.ask("stop_transaction", { transaction_id: "tx-1" });
    run("start", site.config);
    const stopped = await stopping;
    assert.equal(stopped.status, "OK", String(stopped.error));
    assert.match(stopped.signed_meter_value?.signed_meter_data ?? "", /^OCMF\|.*tx-1/);

    // While NATS is away, EVerest starts, and begins a transaction
    await site.server.stop("SIGKILL");
    const open = everest.ask("stop_transaction", "");
    const beginning = everest.ask("start_transaction", startPayload("tx-2"));
    assert.match((await open).error ?? "", /EVerest has asked to start transaction tx-2 since/);
    await site.server.restart();
    assert.equal(await everest.value("communication_check"), true);
    const begun = await beginning;
    assert.equal(begun.status, "OK", String(begun.error));
    const second = await everest.ask("stop_transaction", "tx-2");
    assert.match(second.signed_meter_value?.signed_meter_data ?? "", /^OCMF\|.*tx-2/);

    // EVerest has crashed, too: it stops its transaction again, then the open one
    const keyAgain = everest.value("public_key_ocmf");
    await everest.publish("heartbeat", "0");
    assert.equal(await keyAgain, key);
    assert.deepEqual(await everest.ask("stop_transaction", "tx-1"), stopped);
    assert.deepEqual(await everest.ask("stop_transaction", ""), { status: "OK" });
    const unknown = await everest.ask("stop_transaction", "tx-9");
    assert.equal(unknown.status, "UNEXPECTED_ERROR");
    assert.match(unknown.error ?? "", /tx-9/);

    assert.deepEqual(
      everest.received.filter(({ isRetained }) => isRetained),
      [],
      "no value is older than its connection",
    );

    const [record, later, ...others] = await records(site.client);
    assert.deepEqual([later?.transaction_id, later?.reason, others], ["tx-2", "stopped", []]);
    assert.equal(record?.transaction_id, "tx-1");
    assert.equal(record.ocmf, stopped.signed_meter_value?.signed_meter_data);
    assert.deepEqual([record.verification.signature, record.verification.session], ["valid", "ok"]);
    assert.equal(record.session?.identification?.data, "1F2D3A4F5506C7");
  },
);

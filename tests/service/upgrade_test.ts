import assert from "node:assert/strict";
import { connect, DiscardPolicy, type JetStreamManager, nanos, RetentionPolicy, StorageType } from "nats";
import { join } from "node:path";
import { silentLog } from "../../src/base/log.ts";
import { systemTime } from "../../src/base/time.ts";
import { loadConfig } from "../../src/config/mod.ts";
import { openJournalReader } from "../../src/journal/mod.ts";
import { Service } from "../../src/service.ts";
import { SimulatedLine, SimulatedMeter } from "../../src/simulator/mod.ts";
import { openSpool } from "../../src/spool/mod.ts";
import { startBody } from "../crash/start_body.ts";
import { writeFirstRelease } from "../journal/earlier_release.ts";
import { startNatsServer } from "../support/nats_server.ts";
import { askUntilOk } from "../support/site.ts";

const streams = ["WATTSEAL_OCMF", "WATTSEAL_READINGS", "WATTSEAL_STATE"] as const;
const api = ["STREAM.INFO", "STREAM.CREATE"].flatMap((verb) => streams.map((stream) => `$JS.API.${verb}.${stream}`));

/** The least permissions that a node of the first release needed. */
const rights = `
authorization { users = [
  { user: admin, password: admin }
  { user: node, password: node, permissions: {
    publish: { allow: ${
  JSON.stringify(["wattseal.test.>", ...api, "$JS.API.STREAM.NAMES", "$JS.API.STREAM.MSG.GET.WATTSEAL_STATE"])
} }
    subscribe: { allow: ${
  JSON.stringify([
    "wattseal.test.*.*.get",
    "wattseal.test.*.transaction.*",
    "wattseal.test.*.acknowledge",
    "$SRV.>",
    "_INBOX.>",
  ])
} }
    allow_responses: { max: 1, expires: "60s" }
  } }
] }`;

/** The streams as the first release created them. Never change them. */
async function addStreams(manager: JetStreamManager): Promise<void> {
  const usual = { retention: RetentionPolicy.Limits, storage: StorageType.File, num_replicas: 1 };
  const day = nanos(86_400_000);
  await manager.streams.add({
    ...usual,
    name: "WATTSEAL_OCMF",
    subjects: ["wattseal.*.*.ocmf"],
    max_age: 0,
    duplicate_window: nanos(3_600_000),
    discard: DiscardPolicy.New,
  });
  await manager.streams.add({
    ...usual,
    name: "WATTSEAL_READINGS",
    subjects: ["wattseal.*.*.reading"],
    max_age: 7 * day,
    duplicate_window: nanos(120_000),
  });
  await manager.streams.add({
    ...usual,
    name: "WATTSEAL_STATE",
    subjects: ["public_key", "status", "fault.*"].map((suffix) => `wattseal.*.*.${suffix}`),
    max_age: 0,
    duplicate_window: nanos(120_000),
    max_msgs_per_subject: 1,
    allow_direct: true,
  });
}

const bytesOf = (transactionId: string) => new TextEncoder().encode(`OCMF|{"TT":"${transactionId}"}|{}`);

function reading(index: number) {
  const takenAtMs = systemTime.now() - 60_000 + index * 1000;
  const timestamp = new Date(takenAtMs).toISOString();
  return { meter: "evse-5", messageId: `old:${timestamp}`, takenAtMs, payload: JSON.stringify({ timestamp }) };
}

async function idsIn(manager: JetStreamManager, stream: string): Promise<string[]> {
  const { state } = await manager.streams.info(stream);
  const ids: string[] = [];
  for (let seq = state.first_seq; seq <= state.last_seq; seq++) {
    ids.push((await manager.streams.getMessage(stream, { seq })).header.get("Nats-Msg-Id"));
  }
  return ids;
}

Deno.test("a node of the first release is upgraded in place and delivers all waiting data with its old permissions", async () => {
  await using server = await startNatsServer({ config: rights });
  await using owned = new AsyncDisposableStack();
  const client = await connect({ servers: server.address, user: "admin", pass: "admin", timeout: 30_000 });
  owned.defer(() => client.close());
  const manager = await client.jetstreamManager({ timeout: 30_000 });
  await addStreams(manager);
  const folder = await Deno.makeTempDir({ prefix: "wattseal-upgrade-" });
  owned.defer(() => Deno.remove(folder, { recursive: true }));
  const stateDir = join(folder, "state");
  await Deno.mkdir(stateDir);
  writeFirstRelease(stateDir, bytesOf);
  const spool = openSpool({ mode: "disk", maxAgeHours: 1, maxMb: 1, folder: stateDir }, {
    time: systemTime,
    log: silentLog,
  });
  const readings = [0, 1, 2].map(reading);
  spool.add(readings);
  spool.close();
  const line = owned.use(SimulatedLine.open([new SimulatedMeter({ unit: 5 })], { paced: false }));
  const text = `site: test
nats: { servers: ["${server.address}"], user: node, password: node }
clock: { require_sync: false }
lines:
  - name: rs485-1
    serial_port: ${line.path}
    baudrate: 115200
    initial_timeout_ms: 10000
    meters: [{ name: evse-5, powermeter_device_id: 5 }]
`;
  const settings = loadConfig(text, { path: join(folder, "site.yaml"), env: () => undefined });
  const service = await Service.start(settings, { log: silentLog });
  owned.defer(() => service.stop());
  await service.metersTried;
  for (const [what, body] of [["start", startBody("new")], ["stop", { transaction_id: "new" }]] as const) {
    const answer = await askUntilOk(client, 5, `transaction.${what}`, body);
    assert.equal(answer.status, "OK", String(answer.error));
  }
  const journal = openJournalReader(stateDir);
  owned.defer(() => journal.close());
  while (journal.undelivered() > 0) await systemTime.sleep(100);
  const waited = journal.records().filter(({ transactionId }) =>
    ["waiting", "half", "new"].includes(transactionId ?? "")
  );
  const records = await idsIn(manager, "WATTSEAL_OCMF");
  assert.deepEqual(records.toSorted(), waited.map(({ messageId }) => messageId).toSorted());
  const missing = async () => {
    const stored = await idsIn(manager, "WATTSEAL_READINGS");
    return readings.filter(({ messageId }) => stored.filter((id) => id === messageId).length !== 1);
  };
  while ((await missing()).length > 0) await systemTime.sleep(100);
});

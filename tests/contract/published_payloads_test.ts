import assert from "node:assert/strict";
import { z } from "zod";
import { systemTime } from "../../src/base/time.ts";
import {
  endpoints,
  failedAnswer,
  faultPayload,
  intervalPayload,
  jsonSchemas,
  meterPublications,
  nodeEndpoints,
  nodePublications,
  nodeStatusPayload,
  ocmfResult,
  powermeter,
  publicKeyPayload,
  type SchemaName,
  schemas,
  statusPayload,
} from "../../src/contract/mod.ts";
import { faultKinds } from "../../src/meter/mod.ts";
import { TransactionError } from "../../src/transaction/mod.ts";
import { interval, replacedInterval } from "../interval/samples.ts";
import { atMs, deviceFault, em580, FakeServedMeter, reading } from "../nats/fakes.ts";
import { FakeHealth, lineReport } from "../nats/setup.ts";
import { startRequest, World } from "../transaction/world.ts";

const unused = () => assert.fail("an endpoint was called");
const meterEndpoints = endpoints({ now: unused, status: unused, read: unused });

/** Every published payload and every answer, created like in the service. */
async function payloads(): Promise<Partial<Record<SchemaName, readonly unknown[]>>> {
  await using world = new World();
  const { transactions, journal } = world.boot();
  const before = transactions.status({});
  const started = await transactions.start(startRequest("tx-1"));
  const running = transactions.status({});
  const stopped = await transactions.stop({ transaction_id: "tx-1" });
  const cancelled = await transactions.stop({ transaction_id: "" });
  const [record] = journal.outbox(1);
  assert.ok(record !== undefined);
  const health = new FakeHealth();
  health.raise("DiskSpaceLow", "1 MB is left");
  const served = new FakeServedMeter("evse-1");
  const meters = [served];
  const spool = { size: 1, dropped: 2 };
  const nodeStatus = (problems: string[]) =>
    nodeStatusPayload(
      {
        identity: { instance: "a", replaces: "b" },
        lines: () => [lineReport],
        meters,
        journal,
        spool,
        health,
        time: systemTime,
        problems: () => problems,
      },
      "online",
      atMs,
    );
  const options = { journal, instance: "a", meters, time: systemTime, maxPayload: () => undefined, wake: () => {} };
  const ofNode = new Map(nodeEndpoints(options).map(({ suffix, answer }) => [suffix, answer]));
  const asked = async (suffix: string, body: object) => await ofNode.get(suffix)?.(body);
  const status = { identity: em580, sinceMs: atMs, atMs } as const;
  return {
    Powermeter: [
      powermeter(reading, { publicKey: "04AB" }),
      powermeter({ meterId: "BY1", takenAtMs: atMs }, { publicKey: undefined }),
    ],
    Interval: [intervalPayload(interval, 15), intervalPayload(replacedInterval, 15)],
    OcmfResult: [ocmfResult(record, "berlin-01"), ocmfResult({ ...record, publicKey: "04AA", evseId: undefined })],
    PublicKey: [publicKeyPayload(em580, "binary", atMs), publicKeyPayload(em580, "der", atMs)],
    Status: [
      statusPayload({ ...status, state: "online", transaction: { state: "running", transactionId: "tx-1" } }),
      statusPayload({ ...status, state: "offline", inverted: true, transaction: { state: "idle" } }),
      statusPayload({ ...status, state: "stopped", identity: undefined, transaction: { state: "idle" } }),
    ],
    Fault: [faultPayload(deviceFault, faultKinds)],
    NodeStatus: [nodeStatus([]), nodeStatus(["a stream is missing"])],
    TransactionStartResponse: [started],
    TransactionStopResponse: [stopped, cancelled],
    TransactionStatusResponse: [before, running, transactions.status({ transaction_id: "tx-1" })],
    AcknowledgeResponse: [await transactions.acknowledge({ sub_type: "MeterExchanged" })],
    Schemas: [await asked("schemas.get", {})],
    JournalPage: [await asked("journal.get", {}), await asked("journal.get", { after_seq: record.seq })],
    RedeliverResponse: [await asked("redeliver", { all: true })],
    Error: [
      failedAnswer(new TransactionError("NOT_SUPPORTED", "no")),
      failedAnswer(new TransactionError("TIMEOUT", "late"), "tx-1"),
    ],
  };
}

Deno.test("published payloads and answers fit their JSON schemas, and have no other fields", async () => {
  const published = jsonSchemas();
  for (const [name, examples] of Object.entries(await payloads())) {
    const known = schemas[name as SchemaName];
    const schema = z.fromJSONSchema(JSON.parse(JSON.stringify(published[name])));
    for (const payload of examples) {
      const received: unknown = JSON.parse(JSON.stringify(payload));
      schema.parse(received);
      // Parsing omits fields that are not in the schema
      assert.deepEqual(known.parse(received), received, name);
    }
    if (name !== "Schemas") assert.equal(schema.safeParse({ timestamp: 1 }).success, false, name);
  }
});

Deno.test("the test above includes every published payload and every answer", async () => {
  const names = new Set<string>([
    ...Object.values(meterPublications),
    ...Object.values(nodePublications),
    ...meterEndpoints.map(({ response }) => response),
    "Schemas",
    "JournalPage",
    "RedeliverResponse",
    "Error",
  ]);
  assert.deepEqual(Object.keys(await payloads()).sort(), [...names].sort());
});

/**
 * A program for Node: it drives a transaction with the package, and calls everything that the package exports. It prints
 * one JSON object. The argument is the address of a NATS server; the site is `test`, its meter `evse-1`.
 */
export const npmScript = `
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import process from "node:process";
import * as nats from "nats";
import * as wattseal from "@wattseal/client";

const { AckPolicy, connect } = nats;
const { client, connection } = await wattseal.openClient(nats, { servers: [process.argv[2]] });
const meter = client.meter("test", "evse-1");
const patient = { attempts: 100 };

const started = await meter.start({ evse_id: "DE*ABC*E1", identification_data: "04A2B3" }, patient);
const id = started.transaction_id;
assert.equal((await meter.status(patient)).transaction.transaction_id, id);
assert.equal((await meter.transaction(id, patient)).transaction.state, "running");
assert.equal(typeof (await meter.reading(patient)).energy_Wh_import.total, "number");
assert.equal((await meter.acknowledge("MeterExchanged", patient)).status, "OK");
const stopped = await meter.stop(id, patient);
const { public_key: key } = await meter.publicKey(patient);
const record = new TextEncoder().encode(stopped.signed_meter_value.signed_meter_data);
const live = JSON.parse(started.signed_meter_value.signed_meter_data);
const spki = wattseal.pointToSpki(key);

const manager = await connection.jetstreamManager();
await manager.consumers.add("WATTSEAL_OCMF", { durable_name: "billing", ack_policy: AckPolicy.Explicit });
const firstOf = async (iteration) => {
  for await (const item of iteration) return item;
};
const received = await firstOf(client.records());
received.extend();
received.release();
const again = await firstOf(client.records());
assert.equal(again.id, received.id);
await again.acknowledge();
const odd = await manager.streams.info("WATTSEAL_OCMF").then(async () => {
  await connection.jetstream().publish("wattseal.test.evse-1.ocmf", "not JSON");
  return firstOf(client.records()).catch((error) => error);
});
await odd.acknowledge();
assert.ok((await firstOf(client.readings())).payload.timestamp);
assert.equal((await firstOf(client.states())).meter, "evse-1");
const noFault = new AbortController();
const faults = firstOf(client.faults({ site: "nowhere", signal: noFault.signal }));
noFault.abort();
assert.equal(await faults, undefined);

const failureOf = (request) => request.then(() => undefined, (error) => error);
const nobody = await failureOf(client.meter("test", "evse-9").start({ evse_id: "x" }, { attempts: 1 }));
const refused = await failureOf(meter.stop("unknown", patient));
connection.subscribe("wattseal.mute.>", { callback: () => {} });
const timedOut = await failureOf(client.meter("mute", "m").status({ attempts: 1, timeoutMs: 20 }));
const closed = await (async () => {
  const other = await connect({ servers: process.argv[2] });
  await other.close();
  return failureOf(new wattseal.WattsealClient(other).meter("a", "b").status({ attempts: 1 }));
})();

const verification = wattseal.verifyRecord(record, key, { transactionId: id });
/** One use of each exported value. */
const uses = {
  WattsealClient: () => client instanceof wattseal.WattsealClient,
  openClient: () => client.meter("a", "b").name === "b",
  MeterClient: () => meter instanceof wattseal.MeterClient,
  ReceivedRecord: () => received instanceof wattseal.ReceivedRecord,
  UnusableRecordError: () => odd instanceof wattseal.UnusableRecordError && odd.data.length > 0,
  UnusableMessageError: () => odd instanceof wattseal.UnusableMessageError,
  NobodyThereError: () => nobody instanceof wattseal.NobodyThereError && nobody.transactionId.length > 0,
  RefusedError: () => refused instanceof wattseal.RefusedError && refused.code === "UNKNOWN_TRANSACTION",
  TimedOutError: () => timedOut instanceof wattseal.TimedOutError,
  ConnectionClosedError: () => closed instanceof wattseal.ConnectionClosedError,
  NotPermittedError: () => new wattseal.NotPermittedError("x").code === "NOT_PERMITTED",
  ClientError: () => nobody instanceof wattseal.ClientError,
  clientErrorCodes: () => wattseal.clientErrorCodes.includes(nobody.code),
  verifyRecord: () => verification.signature === "valid" && verification.session === "ok",
  explainRecord: () => wattseal.explainRecord(record, verification).some(({ field }) => field === "energy"),
  recordFacts: () => wattseal.recordFacts(record).transactionId === id,
  sessionOf: () => wattseal.sessionOf(record).transactionId === id,
  joinedSession: () => wattseal.joinedSession(record, record).problems.length > 0,
  pointToSpki: () => /^30/.test(spki),
  spkiToPoint: () => wattseal.spkiToPoint(spki) === key,
  spkiToPem: () => wattseal.spkiToPem(spki).startsWith("-----BEGIN PUBLIC KEY-----"),
  toOcppSignedMeterValue: () =>
    Buffer.from(wattseal.toOcppSignedMeterValue(record, spki).signedMeterData, "base64").equals(record),
  toOcppRecord: () => wattseal.toOcppRecord(record, spki).fits201,
  verifyLiveMap: () => wattseal.verifyLiveMap(live.signedData, live.signature, key),
};
await connection.close();
const failed = Object.keys(wattseal).filter((name) => uses[name]?.() !== true);
console.log(JSON.stringify({ version: process.versions.node, exported: Object.keys(wattseal).length, failed }));
`;

/** A program that must have no type errors, and whose wrong uses must have some. */
export const npmTypes = `
import { type OcmfResult, type ReceivedRecord, RefusedError, sessionOf, WattsealClient } from "SPECIFIER";
import type { ClientConnection } from "SPECIFIER";

export async function use(connection: ClientConnection): Promise<string> {
  const meter = new WattsealClient(connection).meter("berlin-01", "evse-1");
  const { transaction_id } = await meter.start({ evse_id: "DE*ABC*E1", identification_type: "ISO14443" });
  // @ts-expect-error: no such type
  await meter.start({ evse_id: "DE*ABC*E1", identification_type: "PASSPORT" });
  // @ts-expect-error: the charging point is missing
  await meter.start({});
  const state: "online" | "offline" | "connecting" | "stopped" = (await meter.status()).state;
  for await (const record of new WattsealClient(connection).records()) {
    const used: ReceivedRecord = record;
    const result: OcmfResult = used.result;
    // @ts-expect-error: no such field
    result.price;
    sessionOf(new TextEncoder().encode(result.ocmf));
  }
  try {
    await meter.stop(transaction_id);
  } catch (error) {
    if (error instanceof RefusedError && error.code === "METER_OFFLINE") return error.reply.error ?? "";
  }
  return state;
}
`;

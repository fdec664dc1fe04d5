import assert from "node:assert/strict";
import { connect, type Msg } from "nats";
import { silentLog } from "../../src/base/log.ts";
import {
  ClientError,
  ConnectionClosedError,
  NobodyThereError,
  RefusedError,
  TimedOutError,
  UnusableMessageError,
  WattsealClient,
} from "../../src/client/mod.ts";
import { loadConfig } from "../../src/config/mod.ts";
import { verifyRecord } from "../../src/ocmf/mod.ts";
import { Service } from "../../src/service.ts";
import { SimulatedMeter } from "../../src/simulator/mod.ts";
import { openSite } from "../support/site.ts";

const patient = { attempts: 100 };
const once = { attempts: 1 };
const evse = { evse_id: "DE*ABC*E1" };

/** The error of a request that must fail. */
async function failureOf(request: Promise<unknown>): Promise<ClientError> {
  const error = await request.then(() => undefined, (error: unknown) => error);
  assert.ok(error instanceof ClientError, String(error));
  return error;
}

Deno.test("the client", async (t) => {
  await using parts = new AsyncDisposableStack();
  const site = parts.use(await openSite({ meters: [new SimulatedMeter({ unit: 1 })] }));
  const settings = loadConfig(await Deno.readTextFile(site.config), { path: site.config, env: () => undefined });
  const service = await Service.start(settings, { log: silentLog });
  parts.defer(() => service.stop());
  await service.metersTried;
  const pauses: number[] = [];
  const time = { sleep: (ms: number) => Promise.resolve(void pauses.push(ms)) };
  const client = new WattsealClient(site.client, { time });
  const meter = new WattsealClient(site.client).meter("test", "evse-1");

  await t.step("starts a transaction with an id of its own, shows it and stops it with a valid record", async () => {
    const started = await meter.start({ ...evse, identification_data: "04A2B3" }, patient);
    const id = started.transaction_id;
    assert.match(id, /^[0-9a-f-]{36}$/);
    assert.equal((await meter.status(patient)).transaction.transaction_id, id);
    assert.equal((await meter.transaction(id, patient)).transaction?.state, "running");
    assert.equal(typeof (await meter.reading(patient)).energy_Wh_import?.total, "number");
    const { public_key: key } = await meter.publicKey(patient);
    const stopped = await meter.stop(id, patient);
    const record = stopped.signed_meter_value?.signed_meter_data ?? "";
    const { signature, session } = verifyRecord(new TextEncoder().encode(record), key, { transactionId: id });
    assert.deepEqual([signature, session], ["valid", "ok"]);
    assert.match(record, /"IS":true/);
    assert.deepEqual(await meter.stop(id, patient), stopped);
  });

  await t.step("stops the open transaction without an id, and then finds none", async () => {
    const { transaction_id: id } = await meter.start(evse, patient);
    const record = (await meter.stop(undefined, patient)).signed_meter_value?.signed_meter_data ?? "";
    assert.ok(record.includes(id), record);
    assert.deepEqual(await meter.stop(undefined, patient), { status: "OK" });
  });

  await t.step("reports a refusal with the code and the reply of the node", async () => {
    const unknown = await failureOf(meter.stop("nobody-knows-it", patient));
    assert.ok(unknown instanceof RefusedError);
    assert.deepEqual([unknown.code, unknown.transactionId], ["UNKNOWN_TRANSACTION", "nobody-knows-it"]);
    assert.equal(unknown.reply.error, unknown.message);
    const { transaction_id: id } = await meter.start(evse, patient);
    const open = await failureOf(meter.start({ ...evse, supersede: false }, patient));
    assert.equal(open.code, "TRANSACTION_OPEN");
    assert.match(open.transactionId ?? "", /^[0-9a-f-]{36}$/);
    await meter.stop(id, patient);
    assert.equal((await failureOf(meter.start({ evse_id: "x", transaction_id: "" }))).code, "INVALID_REQUEST");
  });

  await t.step("reports that nobody is there, after all attempts", async () => {
    const retried: unknown[] = [];
    const options = { onRetry: (failure: unknown) => void retried.push(failure) };
    const start = client.meter("test", "evse-9").start({ ...evse, transaction_id: "tx-9" }, options);
    const error = await failureOf(start);
    assert.ok(error instanceof NobodyThereError);
    assert.deepEqual(retried.map((failure) => failure instanceof NobodyThereError), [true, true]);
    assert.deepEqual([error.code, error.transactionId, pauses], ["NOBODY_THERE", "tx-9", [500, 1000]]);
    assert.match(error.message, /^Cannot start a transaction on evse-9 of test \(wattseal\.test\.evse-9\.trans/);
  });

  await t.step("uses one id for all attempts, and limits the wait at the node", async () => {
    const requests: Msg[] = [];
    const busy = { status: "UNEXPECTED_ERROR", code: "BUSY", error: "busy" };
    const answers = [busy, busy, { status: "OK" }];
    const served = site.client.subscribe("wattseal.other.slow.transaction.start", {
      callback: (_error, request) => {
        const answer = answers[requests.push(request) - 1];
        if (answer !== undefined) request.respond(JSON.stringify(answer));
      },
    });
    const started = await client.meter("other", "slow").start(evse, { timeoutMs: 30_000 });
    served.unsubscribe();
    const ids = requests.map((request) => request.json<{ transaction_id: string }>().transaction_id);
    assert.deepEqual(ids, [started.transaction_id, started.transaction_id, started.transaction_id]);
    assert.equal(requests[0]?.headers?.get("Wattseal-Timeout-Ms"), "24000");
  });

  await t.step("reports a timeout, and an answer that is not from a node", async () => {
    const requests: Msg[] = [];
    site.client.subscribe("wattseal.other.mute.>", { callback: (_error, request) => void requests.push(request) });
    const mute = await failureOf(client.meter("other", "mute").start(evse, { attempts: 2, timeoutMs: 50 }));
    assert.ok(mute instanceof TimedOutError);
    assert.equal(mute.code, "TIMED_OUT");
    await site.client.flush();
    const ids = requests.map((request) => request.json<{ transaction_id: string }>().transaction_id);
    assert.deepEqual(ids, [mute.transactionId, mute.transactionId]);
    site.client.subscribe("wattseal.other.odd.>", { callback: (_error, request) => request.respond("hello") });
    assert.ok(await failureOf(client.meter("other", "odd").status()) instanceof UnusableMessageError);
  });

  await t.step("does not repeat a stop without an id that may have been accepted", async () => {
    let stops = 0;
    site.client.subscribe("wattseal.other.anonymous.transaction.*", {
      callback: (_error, request) => {
        if (request.subject.endsWith(".stop")) stops++;
        else request.respond(JSON.stringify({ status: "OK", transaction: { state: "running" } }));
      },
    });
    let error: ClientError;
    do {
      error = await failureOf(client.meter("other", "anonymous").stop(undefined, { timeoutMs: 500 }));
      await site.client.flush();
      // On a busy machine, the status may come too late: then no stop is sent
    } while (stops === 0);
    assert.deepEqual([error.code, error.transactionId, stops], ["TIMED_OUT", undefined, 1]);
  });

  await t.step("ends its wait when the caller aborts", async () => {
    const aborted = new AbortController();
    const request = client.meter("other", "mute").status({ signal: aborted.signal });
    aborted.abort(new Error("enough"));
    await assert.rejects(request, /^Error: enough$/);
  });

  await t.step("reports a closed connection", async () => {
    const connection = await connect({ servers: site.server.address });
    await connection.close();
    const closed = await failureOf(new WattsealClient(connection).meter("test", "evse-1").status(once));
    assert.ok(closed instanceof ConnectionClosedError);
  });

  await t.step("refuses names that are not one token of a subject", () => {
    assert.throws(() => client.meter("test", "evse.1"), RangeError);
    assert.throws(() => client.meter("*", "evse-1"), RangeError);
    assert.throws(() => new WattsealClient(site.client, { prefix: "a..b" }), RangeError);
  });
});

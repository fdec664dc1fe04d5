import assert from "node:assert/strict";
import { headers, type Msg, type NatsConnection } from "nats";
import { LineError } from "../../src/line/mod.ts";
import { ModbusError } from "../../src/modbus/mod.ts";
import { PortError } from "../../bridge/mod.ts";
import { JournalError } from "../../src/journal/mod.ts";
import { TransactionError, transactionErrorCodes } from "../../src/transaction/mod.ts";
import { powermeter, type StopAnswer } from "../../src/contract/mod.ts";
import { startNatsServer } from "../support/nats_server.ts";
import { startRequest, World } from "../transaction/world.ts";
import { em340, em580, FakeServedMeter, reading } from "./fakes.ts";
import { newClient, newNode } from "./setup.ts";

async function ask(client: NatsConnection, suffix: string, payload?: unknown): Promise<Msg> {
  const data = payload === undefined ? undefined : JSON.stringify(payload);
  return await client.request(`wattseal.berlin-01.${suffix}`, data);
}

Deno.test("NatsNode answers every endpoint of every meter", async () => {
  await using server = await startNatsServer();
  const meters = [new FakeServedMeter("evse-1"), new FakeServedMeter("evse-2")];
  await using node = newNode({ address: server.address, meters });
  node.start();
  await node.connected;
  await using client = await newClient(server.address);
  for (const { name, requests } of meters) {
    const got = (await ask(client, `${name}.reading.get`)).json();
    assert.deepEqual(got, powermeter(reading, { publicKey: "04" + "AB".repeat(64) }));
    const key = (await ask(client, `${name}.public_key.get`, {})).json<Record<string, unknown>>();
    assert.equal(key["public_key"], "04" + "AB".repeat(64));
    const status = (await ask(client, `${name}.status.get`)).json<Record<string, unknown>>();
    assert.equal(status["meter_id"], "BY1234567.2024");
    assert.deepEqual((await ask(client, `${name}.transaction.start`, { evse_id: "x" })).json(), {
      status: "OK",
      transaction_id: "tx-1",
    });
    assert.deepEqual((await ask(client, `${name}.transaction.stop`, { transaction_id: "" })).json(), { status: "OK" });
    assert.deepEqual((await ask(client, `${name}.transaction.status`)).json(), {
      status: "OK",
      transaction: { state: "running", transaction_id: "tx-1" },
    });
    assert.deepEqual(requests, [{ evse_id: "x" }, { transaction_id: "" }, {}]);
  }
});

Deno.test("NatsNode answers a stop without its derived fields if the server permits no message of this length", async () => {
  await using server = await startNatsServer({ config: "max_payload: 16384" });
  await using world = new World();
  const { transactions } = world.boot();
  await transactions.start(startRequest("tx-1"));
  const whole = await transactions.stop({ transaction_id: "tx-1" });
  const { ocpp } = whole;
  assert.ok(ocpp !== undefined);
  const long = { ...whole, ocpp: { ...ocpp, problems: ["x".repeat(16_384)] } };
  const served = new FakeServedMeter("evse-1");
  await using node = newNode({ address: server.address, meters: [served] });
  node.start();
  await node.connected;
  await using client = await newClient(server.address);
  served.transactions.stop = () => Promise.resolve(long);
  const { warnings, ...answer } = (await ask(client, "evse-1.transaction.stop", { transaction_id: "tx-1" })).json<
    StopAnswer
  >();
  const { ocpp: _, session: _session, ...record } = whole;
  assert.deepEqual(answer, record);
  assert.match(warnings?.join() ?? "", /^ocpp and session are left out.*max_payload$/);
  served.transactions.stop = () => Promise.resolve(whole);
  const short = await ask(client, "evse-1.transaction.stop", { transaction_id: "tx-1" });
  assert.deepEqual(short.json(), JSON.parse(JSON.stringify(whole)));
});

Deno.test("NatsNode answers each error with its code in payload and headers", async () => {
  await using server = await startNatsServer();
  const served = new FakeServedMeter("evse-1");
  await using node = newNode({ address: server.address, meters: [served] });
  node.start();
  await node.connected;
  await using client = await newClient(server.address);
  const numbers: Record<string, number> = {
    INVALID_REQUEST: 400,
    UNKNOWN_TRANSACTION: 404,
    METER_REFUSED: 409,
    TRANSACTION_FINISHED: 409,
    TRANSACTION_OPEN: 409,
    BUSY: 429,
    NOT_SUPPORTED: 501,
    MODBUS_EXCEPTION: 502,
    OCMF_CORRUPTED: 502,
    METER_OFFLINE: 503,
    OCMF_NOT_READY: 503,
    TIMEOUT: 504,
    JOURNAL_FAILED: 507,
    INTERNAL: 500,
  };
  const thrown: [Error, string][] = [
    ...transactionErrorCodes.map((code): [Error, string] => [new TransactionError(code, "because"), code]),
    [new LineError("timeout", "no answer"), "TIMEOUT"],
    [new LineError("crc", "damaged"), "TIMEOUT"],
    [new LineError("unexpected_answer", "foreign"), "TIMEOUT"],
    [new LineError("closed", "line closed"), "METER_OFFLINE"],
    [new PortError("gone", "adapter unplugged"), "METER_OFFLINE"],
    [new ModbusError(2, "illegal data address"), "MODBUS_EXCEPTION"],
    [new JournalError("write_failed", "disk full"), "JOURNAL_FAILED"],
    [new TypeError("a line\r\nbreak"), "INTERNAL"],
  ];
  for (const [error, code] of thrown) {
    served.transactions.start = () => Promise.reject(error);
    const answer = await ask(client, "evse-1.transaction.start", { transaction_id: "tx-9" });
    const payload = answer.json<Record<string, unknown>>();
    assert.equal(payload["code"], code);
    assert.equal(payload["status"], code === "NOT_SUPPORTED" ? "NOT_SUPPORTED" : "UNEXPECTED_ERROR");
    assert.match(String(payload["error"]), new RegExp(error.message.split("\r")[0] ?? ""));
    assert.equal(answer.headers?.get("Nats-Service-Error-Code"), String(numbers[code]));
    assert.match(answer.headers?.get("Nats-Service-Error") ?? "", new RegExp(code));
  }
  served.meter.readNow = () => {
    throw new LineError("timeout", "no answer");
  };
  const failed = await ask(client, "evse-1.reading.get");
  assert.equal(failed.json<Record<string, unknown>>()["status"], "UNEXPECTED_ERROR");
  assert.equal(failed.headers?.get("Nats-Service-Error-Code"), "504");
});

Deno.test("NatsNode answers public_key.get with the reason if the meter has no key or was never online", async () => {
  await using server = await startNatsServer();
  const served = new FakeServedMeter("evse-1");
  await using node = newNode({ address: server.address, meters: [served] });
  node.start();
  await node.connected;
  await using client = await newClient(server.address);
  const code = async () => (await ask(client, "evse-1.public_key.get")).json<Record<string, unknown>>()["code"];
  served.meter.identity = em340;
  assert.equal(await code(), "NOT_SUPPORTED");
  served.meter.identity = undefined;
  assert.equal(await code(), "METER_OFFLINE");
  served.meter.identity = em580;
  assert.equal(await code(), undefined);
});

Deno.test("NatsNode answers another request during a slow start on one meter", async () => {
  await using server = await startNatsServer();
  const served = new FakeServedMeter("evse-1");
  const slow = Promise.withResolvers<{ status: "OK"; transaction_id: string }>();
  served.transactions.start = () => slow.promise;
  await using node = newNode({ address: server.address, meters: [served, new FakeServedMeter("evse-2")] });
  node.start();
  await node.connected;
  await using client = await newClient(server.address);
  const start = ask(client, "evse-1.transaction.start", {});
  await client.flush();
  assert.equal((await ask(client, "evse-2.status.get")).json<Record<string, unknown>>()["state"], "online");
  assert.equal((await ask(client, "evse-1.status.get")).json<Record<string, unknown>>()["state"], "online");
  slow.resolve({ status: "OK", transaction_id: "late" });
  assert.equal((await start).json<Record<string, unknown>>()["transaction_id"], "late");
});

Deno.test("NatsNode survives requests without a reply subject", async () => {
  await using server = await startNatsServer();
  const served = new FakeServedMeter("evse-1");
  await using node = newNode({ address: server.address, meters: [served] });
  node.start();
  await node.connected;
  await using client = await newClient(server.address);
  const odd = headers();
  odd.set("X", "y");
  client.publish("wattseal.berlin-01.evse-1.transaction.start", "nonsense", { headers: odd });
  client.publish("wattseal.berlin-01.evse-1.reading.get");
  assert.equal((await ask(client, "evse-1.status.get")).json<Record<string, unknown>>()["state"], "online");
});

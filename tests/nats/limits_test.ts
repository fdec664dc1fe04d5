import assert from "node:assert/strict";
import { headers, type Msg, type NatsConnection } from "nats";
import { TransactionError } from "../../src/transaction/mod.ts";
import type { Reading } from "../../src/meter/mod.ts";
import { startNatsServer } from "../support/nats_server.ts";
import { FakeTime } from "../support/fake_time.ts";
import { FakeServedMeter, reading } from "./fakes.ts";
import { Logged } from "./logged.ts";
import { newClient, newNode } from "./setup.ts";

const subject = (suffix: string) => `wattseal.berlin-01.evse-1.${suffix}`;

async function ask(client: NatsConnection, suffix: string, timeoutMs?: string, name?: string): Promise<Msg> {
  const sent = headers();
  if (timeoutMs !== undefined) sent.append(name ?? "Wattseal-Timeout-Ms", timeoutMs);
  return await client.request(subject(suffix), "{}", { timeout: 10_000, headers: sent });
}

const codeOf = (message: Msg) => message.json<Record<string, unknown>>()["code"];

Deno.test("NatsNode gives each request the time in its header, by default 30 s, counted from its arrival", async () => {
  await using server = await startNatsServer();
  const served = new FakeServedMeter("evse-1");
  const time = new FakeTime(Date.UTC(2026, 0, 31), 5_000);
  const until: unknown[] = [];
  served.transactions.start = (_request, untilMs) => {
    until.push(untilMs);
    return Promise.resolve({ status: "OK" });
  };
  await using node = newNode({ address: server.address, meters: [served], time });
  node.start();
  await node.connected;
  await using client = await newClient(server.address);
  await ask(client, "transaction.start");
  await ask(client, "transaction.start", "1");
  await ask(client, "transaction.start", "600000", "wattseal-timeout-ms");
  assert.deepEqual(until, [35_000, 5_001, 605_000]);
});

Deno.test("NatsNode refuses a Wattseal-Timeout-Ms that is not an integer from 1 to 600000", async () => {
  await using server = await startNatsServer();
  const served = new FakeServedMeter("evse-1");
  await using node = newNode({ address: server.address, meters: [served] });
  node.start();
  await node.connected;
  await using client = await newClient(server.address);
  for (const value of ["0", "600001", "-1", "1.5", "1e3", "0x10", "soon", "", "9".repeat(400)]) {
    for (const suffix of ["transaction.start", "reading.get", "status.get"]) {
      const answer = await ask(client, suffix, value);
      assert.equal(codeOf(answer), "INVALID_REQUEST", `${suffix} ${value}`);
      assert.match(answer.json<{ error: string }>().error, /Wattseal-Timeout-Ms must be an integer/);
    }
  }
  assert.deepEqual(served.requests, []);
});

Deno.test("NatsNode answers requests that wait for a reading at once when it stops", async () => {
  await using server = await startNatsServer();
  const served = new FakeServedMeter("evse-1");
  const slow = Promise.withResolvers<Reading>();
  served.meter.readNow = () => slow.promise;
  await using node = newNode({ address: server.address, meters: [served] });
  node.start();
  await node.connected;
  await using client = await newClient(server.address);
  const [first, second] = [ask(client, "reading.get"), ask(client, "reading.get")];
  await ask(client, "status.get");
  const stopped = node.stopServing();
  assert.equal(codeOf(await second), "METER_OFFLINE");
  slow.resolve(reading);
  assert.equal((await first).json<{ meter_id: string }>().meter_id, reading.meterId);
  await stopped;
});

Deno.test("NatsNode logs a failed request in one line", async () => {
  await using server = await startNatsServer();
  const served = new FakeServedMeter("evse-1");
  const log = new Logged();
  served.transactions.start = () => Promise.reject(new TransactionError("METER_REFUSED", "it stays NOT_READY"));
  await using node = newNode({ address: server.address, meters: [served], log });
  node.start();
  await node.connected;
  await using client = await newClient(server.address);
  for (let n = 0; n < 20; n++) assert.equal(codeOf(await ask(client, "transaction.start")), "METER_REFUSED");
  assert.deepEqual(log.lines.map(({ text }) => text).filter((text) => text.includes("NOT_READY")), [
    'warn Request failed: it stays NOT_READY {"meter":"evse-1","endpoint":"transaction.start","code":"METER_REFUSED"}',
  ]);
});

import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import type { NatsConnection } from "nats";
import { endpoints } from "../../src/contract/endpoints.ts";
import { MicroService } from "../../src/nats/micro_service.ts";
import { servedByMeter } from "../../src/contract/served_endpoint.ts";
import { ServedMeters } from "../../src/contract/served_meters.ts";
import { Subjects } from "../../src/base/subjects.ts";
import { silentLog } from "../../src/base/log.ts";
import { startNatsServer } from "../support/nats_server.ts";
import { FakeServedMeter, reading } from "./fakes.ts";
import { newClient } from "./setup.ts";

/** A clock that advances by more than the time for requests at every read, and on which no pause ends. */
class ExhaustedTime {
  #ms = 0;

  now(): number {
    return 0;
  }

  mono(): number {
    return this.#ms += 1000;
  }

  sleep(_ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => signal?.addEventListener("abort", () => resolve(), { once: true }));
  }
}

/** Resolves when the server has the subscriptions of all endpoints. */
async function subscribed(client: NatsConnection, endpoints: number): Promise<void> {
  for (;;) {
    const info = await client.request("$SRV.INFO.wattseal", "", { timeout: 1_000 }).catch(() => undefined);
    if (info?.json<{ endpoints: unknown[] }>().endpoints.length === endpoints) return;
    await setImmediate();
  }
}

Deno.test("MicroService without room for more requests answers BUSY, except to stops that are never refused", async () => {
  await using server = await startNatsServer();
  await using client = await newClient(server.address);
  await using connection = await newClient(server.address);
  const meter = new FakeServedMeter("evse-1");
  meter.transactions.isNeverRefused = (request) => "transaction_id" in request && request.transaction_id === "open";
  const all = endpoints({
    now: () => 0,
    status: () => assert.fail("it is not asked"),
    read: () => Promise.resolve(reading),
  });
  const service = new MicroService({
    site: "berlin-01",
    instance: "one",
    served: servedByMeter(new Subjects("wattseal", "berlin-01"), "evse-1", new ServedMeters([meter]), all),
    failpoint: undefined,
    inboxBytes: 0,
  }, { log: silentLog, time: new ExhaustedTime() });
  const served = service.serve(connection);
  const ask = async (suffix: string, body: string) => {
    const message = await client.request(`wattseal.berlin-01.evse-1.${suffix}`, body);
    const { status, code } = message.json<Record<string, unknown>>();
    return code ?? status;
  };
  await subscribed(client, all.length);
  assert.equal(await ask("transaction.stop", '{"transaction_id":"open"}'), "OK");
  assert.equal(await ask("transaction.stop", '{"transaction_id":"other"}'), "BUSY");
  assert.equal(await ask("transaction.stop", "nonsense"), "BUSY");
  assert.equal(await ask("transaction.start", '{"transaction_id":"open"}'), "BUSY");
  assert.equal(await ask("reading.get", ""), "BUSY");
  assert.deepEqual(meter.requests, [{ transaction_id: "open" }]);
  await connection.close();
  await served;
});

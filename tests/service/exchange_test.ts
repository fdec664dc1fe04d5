import assert from "node:assert/strict";
import type { Msg } from "nats";
import { silentLog } from "../../src/base/log.ts";
import { loadConfig } from "../../src/config/mod.ts";
import { Service } from "../../src/service.ts";
import { SimulatedMeter } from "../../src/simulator/mod.ts";
import { ask, askUntilOk, openSite } from "../support/site.ts";

interface Told {
  readonly active?: boolean;
  readonly meter_id?: string;
  readonly state?: string;
  readonly transaction?: { readonly state: string; readonly transaction_id?: string };
  readonly transaction_id?: string;
  readonly ocmf?: string;
  readonly verification?: { readonly session: string; readonly key: string };
}

/** Waits for the next message that matches. */
async function next(messages: AsyncIterator<Msg>, is: (told: Told) => boolean): Promise<Told> {
  while (true) {
    const { value, done } = await messages.next();
    if (done === true) throw new Error("The subscription has ended");
    const told: Told = JSON.parse(value.string());
    if (is(told)) return told;
  }
}

const startOf = (id: string) => ({
  evse_id: "DE*ABC*E1",
  transaction_id: id,
  identification_status: "NOT_ASSIGNED",
  identification_type: "NONE",
  identification_flags: [],
});

Deno.test("Service reports at once the open transaction of a replaced meter, and fetches its record when the meter returns", async () => {
  const [old, young] = [1, 2].map((seed) => new SimulatedMeter({ unit: 1, seed, serialNumber: `BY000000${seed}` }));
  assert.ok(old !== undefined && young !== undefined);
  await using site = await openSite({
    meters: [old],
    initialTimeoutMs: 200,
    meterKeys: "communication_error_pause_delay_s: 1, communication_retry_delay_ms: 10, communication_retry_count: 1",
  });
  const { client, line } = site;
  const settings = loadConfig(await Deno.readTextFile(site.config), { path: site.config, env: () => undefined });
  const service = await Service.start(settings, { log: silentLog });
  await using _running = { [Symbol.asyncDispose]: () => service.stop() };
  await service.metersTried;
  const statuses = client.subscribe("wattseal.test.evse-1.status")[Symbol.asyncIterator]();
  const faults = client.subscribe("wattseal.test.evse-1.fault.MeterExchanged")[Symbol.asyncIterator]();
  const records = client.subscribe("wattseal.test.evse-1.ocmf")[Symbol.asyncIterator]();
  await askUntilOk(client, 1, "transaction.start", startOf("tx-old"));

  const swap = async (from: SimulatedMeter, to: SimulatedMeter) => {
    from.powerOff();
    line.remove(1);
    await next(statuses, ({ state }) => state === "offline");
    line.add(to);
    to.powerOn();
  };
  await swap(old, young);
  const finished = await next(statuses, ({ transaction }) => transaction?.state === "finished");
  assert.equal(finished.transaction?.transaction_id, "tx-old");
  await next(faults, ({ active }) => active === true);
  assert.equal((await ask(client, 1, "transaction.stop", { transaction_id: "tx-old" })).code, "TRANSACTION_FINISHED");
  await askUntilOk(client, 1, "transaction.start", startOf("tx-new"));
  await askUntilOk(client, 1, "transaction.stop", { transaction_id: "tx-new" });
  const own = await next(records, () => true);
  assert.deepEqual([own.transaction_id, own.ocmf, own.verification?.session, own.verification?.key], [
    "tx-new",
    young.lastRecord,
    "ok",
    "first_seen",
  ]);
  await askUntilOk(client, 1, "acknowledge", { sub_type: "MeterExchanged" });
  await next(faults, ({ active }) => active === false);

  await swap(young, old);
  const late = await next(records, () => true);
  assert.deepEqual([late.transaction_id, late.ocmf, late.meter_id], ["tx-old", old.lastRecord, "BY0000001.2024"]);
  await next(faults, ({ active }) => active === true);
  assert.deepEqual(await service.acknowledge("evse-9", "MeterExchanged"), undefined);
  assert.deepEqual(await service.acknowledge("evse-1", "MeterExchanged"), true);
  await next(faults, ({ active }) => active === false);
  assert.deepEqual(await service.acknowledge("evse-1", "MeterExchanged"), false);
  const stop = await ask(client, 1, "transaction.stop", { transaction_id: "tx-old" });
  assert.equal(stop.signed_meter_value?.signed_meter_data, old.lastRecord);
});

import assert from "node:assert/strict";
import { join } from "node:path";
import { silentLog } from "../../src/base/log.ts";
import { systemTime, type Time } from "../../src/base/time.ts";
import { loadConfig } from "../../src/config/mod.ts";
import { Service } from "../../src/service.ts";
import { SimulatedMeter } from "../../src/simulator/mod.ts";
import { ask, askUntilOk, openSite, type Site } from "../support/site.ts";

const start = {
  evse_id: "DE*ABC*E1",
  transaction_id: "tx-1",
  identification_status: "ASSIGNED",
  identification_type: "ISO14443",
  identification_flags: [],
};

/** A board without a battery: its clock starts in 1970. */
const bootTime: Time = {
  now: () => Math.floor(60_000 + performance.now()),
  mono: () => systemTime.mono(),
  sleep: (ms, signal) => systemTime.sleep(ms, signal),
};

interface Course {
  readonly synchronised: boolean | undefined;
  readonly time?: Time;
  /** `clock.require_sync` in the configuration; absent: not set. */
  readonly requireSync?: boolean;
}

/** Runs one transaction. @returns whether the meter clock was set, and the faults of the node */
async function charge({ synchronised, time = systemTime, requireSync }: Course) {
  const meter = new SimulatedMeter({ unit: 1 });
  await using site = await openSite({ meters: [meter] });
  const settings = await settingsOf(site, requireSync);
  const reports = site.client.subscribe("wattseal.test._node.status");
  await site.client.flush();
  const service = await Service.start(settings, { log: silentLog, time, clockSynchronised: () => synchronised });
  let set: boolean;
  try {
    await service.metersTried;
    assert.equal((await askUntilOk(site.client, 1, "transaction.start", start)).status, "OK");
    const stop = await ask(site.client, 1, "transaction.stop", { transaction_id: "tx-1" });
    assert.match(stop.signed_meter_value?.signed_meter_data ?? "", /^OCMF/);
    set = meter.clock.synchronised;
  } finally {
    await service.stop();
  }
  let faults: string[] = [];
  for await (const message of reports) {
    const report = message.json<{ state: string; faults: { sub_type: string }[] }>();
    faults = report.faults.map((fault) => fault.sub_type);
    if (report.state === "stopped") break;
  }
  return { set, faults };
}

async function settingsOf(site: Site, requireSync: boolean | undefined) {
  const text = (await Deno.readTextFile(site.config)).replace(/^clock:.*\n/m, "");
  const clock = requireSync === undefined ? "" : `clock: { require_sync: ${requireSync} }\n`;
  const path = join(site.folder, "clock.yaml");
  return loadConfig(text + clock, { path, env: () => undefined });
}

Deno.test("Service with a clock in 1970 charges, sets no meter clock and raises a fault, independent of the configuration", async () => {
  const course = { time: bootTime, synchronised: true, requireSync: false };
  assert.deepEqual(await charge(course), { set: false, faults: ["ClockNotSynchronised"] });
});

Deno.test("Service without the key clock.require_sync charges and sets no meter clock to an unsynchronised time", async () => {
  assert.deepEqual(await charge({ synchronised: false }), { set: false, faults: ["ClockNotSynchronised"] });
});

Deno.test("Service sets the meter clocks if the state of the kernel clock is unknown", async () => {
  assert.deepEqual(await charge({ synchronised: undefined }), { set: true, faults: [] });
});

Deno.test("Service sets the meter clocks to an unsynchronised time if the configuration allows it", async () => {
  assert.deepEqual(await charge({ synchronised: false, requireSync: false }), { set: true, faults: [] });
});

Deno.test("Service logs once, across restarts, that the default of clock.require_sync has changed", async () => {
  await using site = await openSite({ meters: [new SimulatedMeter({ unit: 1 })] });
  const lines: string[] = [];
  const log = { ...silentLog, warn: (message: string) => void lines.push(message) };
  const run = async (requireSync: boolean | undefined) => {
    lines.length = 0;
    const service = await Service.start(await settingsOf(site, requireSync), { log });
    await service.stop();
    return lines.filter((line) => line.includes("clock.require_sync is not set. Its default is now true")).length;
  };
  assert.deepEqual([await run(true), await run(undefined), await run(undefined)], [0, 1, 0]);
});

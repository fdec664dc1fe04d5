import assert from "node:assert/strict";
import { join } from "node:path";
import { silentLog } from "../../src/base/log.ts";
import { minuteMs, systemTime, type Time } from "../../src/base/time.ts";
import { loadConfig } from "../../src/config/mod.ts";
import { intervalSchema } from "../../src/contract/mod.ts";
import { Service } from "../../src/service.ts";
import { SimulatedMeter } from "../../src/simulator/mod.ts";
import { runCommand } from "../support/run_command.ts";
import { openSite } from "../support/site.ts";

/** The time of the machine with a wall clock that a test sets. */
function settableTime(): { readonly time: Time; set(nowMs: number): void } {
  let aheadMs = 0;
  const now = () => systemTime.now() + aheadMs;
  const sleep: Time["sleep"] = (ms, signal) => systemTime.sleep(ms, signal);
  return { time: { now, mono: () => systemTime.mono(), sleep }, set: (nowMs) => aheadMs += nowMs - now() };
}

Deno.test("a service stores the intervals of its meter, and profile reads them", async () => {
  await using site = await openSite({
    meters: [new SimulatedMeter({ unit: 1 })],
    meterKeys: "live_measurement_interval_ms: 500, interval_minutes: 5",
  });
  const { client, config: path } = site;
  const settings = loadConfig(await Deno.readTextFile(path), { path, env: () => undefined });
  const { time, set } = settableTime();
  const readings = client.subscribe("wattseal.test.evse-1.reading");
  const intervals = client.subscribe("wattseal.test.evse-1.interval", { max: 1 });
  await client.flush();
  const startMs = (Math.floor(Date.now() / (5 * minuteMs)) + 2) * 5 * minuteMs;
  // A reading shortly after a boundary would begin an interval
  set(startMs - 2 * minuteMs);
  const boundaries = [startMs, startMs + 5 * minuteMs];
  const energies: number[] = [];
  const service = await Service.start(settings, { log: silentLog, time, clockSynchronised: () => true });
  try {
    await service.ready;
    let next: number | undefined;
    for await (const message of readings) {
      const { timestamp, energy_Wh_import: energy } = message.json<
        { timestamp: string; energy_Wh_import?: { total: number } }
      >();
      if (next !== undefined && Date.parse(timestamp) < next) continue;
      if (next !== undefined) energies.push(energy?.total ?? NaN);
      next = boundaries.shift();
      if (next === undefined) break;
      set(next - 700);
    }
    for await (const message of intervals) {
      const interval = intervalSchema.parse(message.json());
      assert.equal(Date.parse(interval.start), startMs);
      assert.equal(Date.parse(interval.end), startMs + 5 * minuteMs);
      const { start, end } = interval.registers;
      assert.equal(interval.import_Wh, end.import_Wh - start.import_Wh);
      const [first = NaN, last = NaN] = energies;
      assert.ok(start.import_Wh <= first && end.import_Wh <= last && first - start.import_Wh <= 20, `${energies}`);
      // The test has set the clock
      assert.equal(interval.quality, "clock_unsynchronised");
    }
  } finally {
    await service.stop();
  }
  const day = new Date(startMs).toISOString().slice(0, 10);
  const csv = await runCommand(
    ["profile", "--day", day, "--time-zone", "UTC", "--meters", "evse-1", "--server", site.server.address],
  );
  assert.equal(csv.code, 0, csv.err);
  assert.equal(csv.out.split("\r\n").filter((row) => row.includes("clock_unsynchronised")).length, 1);
});

Deno.test("a service that cannot start leaves no file of intervals open", async () => {
  await using site = await openSite({ meters: [new SimulatedMeter({ unit: 1 })], meterKeys: "interval_minutes: 5" });
  const { config: path } = site;
  const settings = loadConfig(await Deno.readTextFile(path), { path, env: () => undefined });
  const nats = { ...settings.nats, credentialsFile: "/no/such/file" };
  await assert.rejects(Service.start({ ...settings, nats }, { log: silentLog }), /\/no\/such\/file/);
  const open = [...Deno.readDirSync("/proc/self/fd")].map(({ name }) => {
    try {
      return Deno.readLinkSync(`/proc/self/fd/${name}`);
    } catch {
      return "";
    }
  });
  assert.deepEqual(open.filter((name) => name.startsWith(settings.stateDir)), []);
});

Deno.test("while the file of intervals cannot be opened, the service has a fault and its readings and requests continue", async () => {
  await using site = await openSite({ meters: [new SimulatedMeter({ unit: 1 })], meterKeys: "interval_minutes: 5" });
  const { client, config: path } = site;
  const settings = loadConfig(await Deno.readTextFile(path), { path, env: () => undefined });
  const file = join(settings.stateDir, "intervals.db");
  await Deno.mkdir(file, { recursive: true });
  const readings = client.subscribe("wattseal.test.evse-1.reading", { max: 2 });
  const faults = client.subscribe("wattseal.test._node.fault.IntervalsFailed", { max: 1 });
  await client.flush();
  const service = await Service.start(settings, { log: silentLog });
  try {
    await service.ready;
    for await (const _ of readings);
    for await (const fault of faults) {
      const { message } = fault.json<{ message: string }>();
      assert.match(
        message,
        /^Cannot use the file of intervals .*intervals\.db: .*, or correct the permissions; .*retrying$/,
      );
    }
    assert.equal(service.health().filter(({ fault }) => fault === "IntervalsFailed").length, 1);
    const answer = await client.request("wattseal.test.evse-1.reading.get", "{}", { timeout: 30_000 });
    assert.match(answer.string(), /"energy_Wh_import"/);
  } finally {
    await service.stop();
  }
  assert.ok((await Deno.stat(file)).isDirectory);
});

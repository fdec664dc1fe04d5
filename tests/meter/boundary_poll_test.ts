import assert from "node:assert/strict";
import { minuteMs } from "../../src/base/time.ts";
import { Rig } from "./rig.ts";

/** The energies at the ends of intervals, in minutes after eight o'clock. */
function energiesOf(rig: Rig): object[] {
  const eight = Date.UTC(2026, 0, 31, 8);
  return rig.events.flatMap((event) => {
    if (event.kind !== "energies") return [];
    const { takenAtMs, ...energies } = event.energies;
    return [{ minute: (takenAtMs - eight) / minuteMs, ...energies }];
  });
}

/** Half a minute after the boundaries, so that they only meet the reading of energies. */
const slow = {
  gridOffset: 0.5,
  liveMeasurementIntervalMs: 60_000,
  energyIntervalMs: 600_000,
  deviceStateReadIntervalMs: 60_000,
} as const;

Deno.test("the energies are read at each boundary of the wall clock, with the priority of live readings", async () => {
  const rig = await new Rig("em580", { ...slow, intervalMinutes: 15 }).online();
  await rig.time.advance(31 * minuteMs);
  const found = energiesOf(rig);
  assert.deepEqual(found.map((each) => Math.round(Number(Object.values(each)[0]))), [15, 30]);
  const { readings } = rig;
  assert.ok(readings[0]?.energyImportWh !== undefined);
  assert.deepEqual(Object.keys(found[0] ?? {}), ["minute", "meterId", "energyImportWh", "energyExportWh"]);
  // Without the serial number, which is read after a pause of this length
  const atBoundary = rig.bus.calls.filter(({ atMs }) => atMs >= 15 * minuteMs && atMs < 15 * minuteMs + 50);
  const at = atBoundary.filter(({ address }) => address !== 0x5000);
  assert.ok(at.length > 0 && at.every(({ priority }) => priority === "live"));
  await rig.stop();
});

Deno.test("a meter that is mounted in reverse has exported at a boundary what it displays as import", async () => {
  const [straight, reverse] = await Promise.all([false, true].map(async (invert) => {
    const rig = await new Rig("em580", { ...slow, intervalMinutes: 5, invert }).online();
    await rig.time.advance(6 * minuteMs);
    await rig.stop();
    return rig.events.find((event) => event.kind === "energies")?.energies;
  }));
  assert.ok(straight !== undefined && straight.energyImportWh !== straight.energyExportWh);
  assert.deepEqual([reverse?.energyImportWh, reverse?.energyExportWh], [
    straight.energyExportWh,
    straight.energyImportWh,
  ]);
});

Deno.test("a clock that is set moves the boundaries", async () => {
  const rig = await new Rig("em580", { ...slow, intervalMinutes: 15 }).online();
  await rig.time.advance(14 * minuteMs);
  rig.time.setWall(rig.time.now() - 6 * minuteMs);
  await rig.time.advance(6 * minuteMs);
  assert.deepEqual(energiesOf(rig), []);
  await rig.time.advance(2 * minuteMs);
  assert.equal(energiesOf(rig).length, 1);
  rig.time.setWall(rig.time.now() + 20 * minuteMs);
  await rig.time.advance(minuteMs);
  assert.equal(energiesOf(rig).length, 2);
  await rig.stop();
});

Deno.test("without an answer at a boundary the meter stays online", async () => {
  const rig = await new Rig("em580", { ...slow, intervalMinutes: 15, communicationRetryCount: 1 }).online();
  rig.bus.script = ({ atMs }) => atMs >= 15 * minuteMs && atMs < 15 * minuteMs + 40 ? { exception: 4 } : "answer";
  await rig.time.advance(16 * minuteMs);
  assert.deepEqual([energiesOf(rig), rig.meter.state], [[], "online"]);
  assert.ok(rig.logged.some((line) => /^warn Cannot read the energies at the end of an interval/.test(line)));
  await rig.time.advance(15 * minuteMs);
  assert.equal(energiesOf(rig).length, 1);
  await rig.stop();
});

Deno.test("without intervals in the settings, nothing is read at a boundary", async () => {
  const rig = await new Rig("em580", slow).online();
  await rig.time.advance(31 * minuteMs);
  assert.deepEqual(energiesOf(rig), []);
  await rig.stop();
});

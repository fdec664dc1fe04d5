import assert from "node:assert/strict";
import { hourMs, minuteMs } from "../../src/base/time.ts";
import type { IntervalPayload } from "../../src/contract/mod.ts";
import { SimulatedMeter } from "../../src/simulator/mod.ts";
import { MemoryStation } from "./memory_station.ts";

const keys = "interval_minutes: 15, live_measurement_interval_ms: 60000, energy_interval_ms: 60000, " +
  "publish_signed_values: never, device_state_read_interval_ms: 60000";
const lines = { a: { keys: "baudrate: 115200", meters: { first: `1, ${keys}`, second: `2, ${keys}` } } };

/** The energy of each meter in the intervals, by its id; and the difference of its registers at their ends. */
function energies(intervals: readonly IntervalPayload[]): { sums: object; differences: object } {
  const parts = intervals.flatMap(({ meters, meter_id, registers }) => meters ?? [{ meter_id, ...registers }]);
  const ids = [...new Set(parts.map(({ meter_id }) => meter_id))];
  const of = (energy: (own: typeof parts) => number) =>
    Object.fromEntries(ids.map((id) => [id, energy(parts.filter(({ meter_id }) => meter_id === id))]));
  return {
    sums: of((own) => own.reduce((sum, { start, end }) => sum + end.import_Wh - start.import_Wh, 0)),
    differences: of((own) => (own.at(-1)?.end.import_Wh ?? 0) - (own[0]?.start.import_Wh ?? 0)),
  };
}

const count = (intervals: readonly IntervalPayload[]) =>
  Object.fromEntries(
    Map.groupBy(intervals, ({ quality }) => quality).entries().map(([quality, of]) => [quality, of.length]),
  );

const gapMinutes = (intervals: readonly IntervalPayload[]) =>
  intervals.filter(({ quality }) => quality === "gap")
    .map(({ start, end }) => (Date.parse(end) - Date.parse(start)) / minuteMs);

Deno.test("in a day with a restart, a dead hour, another meter and a set clock, no Wh is lost", async () => {
  const silent: string[] = [];
  let station = await new MemoryStation(lines, { silent }).start();
  await using _ = { [Symbol.asyncDispose]: () => station[Symbol.asyncDispose]() };
  const { time } = station;

  await time.advance(3 * hourMs + 5 * minuteMs);
  const earlier = station;
  station = await earlier.restart(lines);
  await time.advance(2 * hourMs + 2 * minuteMs);

  silent.push("1 on /dev/a");
  await time.advance(hourMs);
  silent.length = 0;
  await time.advance(2 * hourMs);

  silent.push("2 on /dev/a");
  await time.advance(4 * minuteMs);
  station.replace("2 on /dev/a", new SimulatedMeter({ unit: 2, seed: 99, serialNumber: "BY7654321" }, { time }));
  silent.length = 0;
  await time.advance(3 * hourMs);

  time.setWall(time.now() + 7 * minuteMs);
  await time.advance(3 * hourMs);
  time.setWall(time.now() - 4 * minuteMs);
  await time.advance(10 * hourMs);

  const published = ["first", "second"].map((meter) => [...earlier.intervalsOf(meter), ...station.intervalsOf(meter)]);
  for (const list of published) {
    for (const [index, interval] of list.slice(1).entries()) {
      assert.equal(interval.start, list[index]?.end);
      assert.deepEqual(interval.registers.start, list[index]?.registers.end);
    }
    const { sums, differences } = energies(list);
    assert.deepEqual(sums, differences);
    const sumWh = list.reduce((sum, interval) => sum + interval.import_Wh, 0);
    assert.equal(sumWh, Object.values(sums).reduce((one, other) => one + other, 0));
  }
  const [first = [], second = []] = published;
  // The hour of silence with the rest of its first and its last interval, and the boundary that the clock has skipped
  assert.deepEqual(gapMinutes(first), [75, 30]);
  assert.deepEqual(gapMinutes(second), [30]);
  assert.deepEqual([count(first).meter_replaced, count(second).meter_replaced], [undefined, 1]);
  assert.deepEqual([count(first).clock_unsynchronised, count(second).clock_unsynchronised], [1, 1]);
  const end = Date.parse(first.at(-1)?.end ?? "");
  assert.ok(time.now() - end < 15 * minuteMs + 2_000);
  // The register of the last boundary is between the readings around it
  const energyImportWh = Number(station.meterAt("1 on /dev/a").values.energyImportWh);
  const lastWh = first.at(-1)?.registers.end.import_Wh ?? 0;
  assert.ok(lastWh <= energyImportWh && energyImportWh - lastWh < 11_100 / 4 + 10);
});

Deno.test("an error of the intervals does not stop the readings, and intervals continue after it", async () => {
  await using station = new MemoryStation(lines);
  const save = station.intervals.save.bind(station.intervals);
  station.intervals.save = () => assert.fail("not possible now");
  await station.start();
  await station.time.advance(20 * minuteMs);
  assert.equal(station.readings.filter(({ meter }) => meter === "first").length, 20);
  assert.deepEqual(station.intervalsOf("first"), []);
  station.intervals.save = save;
  await station.time.advance(20 * minuteMs);
  assert.deepEqual(station.intervalsOf("first").map(({ quality }) => quality), ["measured"]);
});

import assert from "node:assert/strict";
import { minuteMs } from "../../src/base/time.ts";
import { MemoryStation } from "./memory_station.ts";

const lines = (intervalMinutes: number | "off") => ({
  a: {
    keys: "baudrate: 115200",
    meters: {
      first:
        `1, interval_minutes: ${intervalMinutes}, live_measurement_interval_ms: 60000, energy_interval_ms: 60000, ` +
        "publish_signed_values: never, device_state_read_interval_ms: 60000",
    },
  },
});

Deno.test("no Wh is lost when a reload changes the length of the intervals, or switches them off for a time", async () => {
  await using station = await new MemoryStation(lines(15)).start();
  const { time } = station;
  for (const [intervalMinutes, minutes] of [[60, 20], [5, 150], ["off", 33], [10, 40], [15, 48]] as const) {
    await time.advance(minutes * minuteMs);
    await station.apply(lines(intervalMinutes));
  }
  await time.advance(45 * minuteMs);
  const published = station.intervalsOf("first");
  const first = Date.parse(published[0]?.start ?? "");
  const minutesOf = (at: string) => (Date.parse(at) - first) / minuteMs;
  assert.deepEqual(published.map((each) => `${minutesOf(each.start)}-${minutesOf(each.end)} ${each.quality}`), [
    "0-45 gap",
    "45-105 measured",
    "105-155 gap",
    ...["155-160", "160-165", "165-170", "170-175", "175-180", "180-185"].map((time) => `${time} measured`),
    "185-235 gap",
    ...["235-245", "245-255", "255-265", "265-275"].map((time) => `${time} measured`),
    "275-285 gap",
    "285-300 measured",
    "300-315 measured",
  ]);
  for (const [index, { start, registers, import_Wh }] of published.entries()) {
    const before = published[index - 1];
    if (before !== undefined) assert.deepEqual([start, registers.start], [before.end, before.registers.end]);
    assert.equal(import_Wh, registers.end.import_Wh - registers.start.import_Wh);
  }
  const [startWh, endWh] = [published[0]?.registers.start.import_Wh, published.at(-1)?.registers.end.import_Wh];
  assert.equal(published.reduce((sum, { import_Wh }) => sum + import_Wh, 0), (endWh ?? 0) - (startWh ?? 0));
});

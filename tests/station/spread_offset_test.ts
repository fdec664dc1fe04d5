import assert from "node:assert/strict";
import { minuteMs } from "../../src/base/time.ts";
import { spreadOffset } from "../../src/station/spread_offset.ts";
import { MemoryStation } from "./memory_station.ts";

Deno.test("names that are alike are spread over the whole period", () => {
  const names = Array.from({ length: 128 }, (_, index) => `evse-${index + 1}`);
  const perSecond = Map.groupBy(names, (name) => Math.floor(spreadOffset(name) * 60));
  assert.ok(perSecond.size > 50);
  assert.ok(perSecond.values().every(({ length }) => length <= 4));
  assert.ok(names.every((name) => spreadOffset(name) >= 0 && spreadOffset(name) < 1));
});

Deno.test("meters store their unfinished intervals at different times of a minute, also on different lines", async () => {
  const on = "interval_minutes: 60, publish_signed_values: never";
  const line = (meter: string) => ({ keys: "baudrate: 115200", meters: { [meter]: `1, ${on}` } });
  await using station = await new MemoryStation({ a: line("one"), b: line("two"), c: line("three") }).start();
  const { intervals, time } = station;
  const stored: { readonly meter: string; readonly atMs: number }[] = [];
  const save = intervals.save.bind(intervals);
  intervals.save = (change) => {
    stored.push({ meter: change.meter, atMs: time.mono() });
    return save(change);
  };
  await time.advance(2 * minuteMs);
  const times = ["one", "two", "three"].map((meter) =>
    stored.filter((each) => each.meter === meter).map(({ atMs }) => Math.round(atMs))
  );
  for (const [first = NaN, second = NaN, ...others] of times) {
    assert.ok(first < minuteMs + 5_000 && Math.abs(second - first - minuteMs) < 50 && others.length === 0, `${times}`);
  }
  const sorted = times.map(([first = NaN]) => first % minuteMs).sort((one, other) => one - other);
  assert.ok(sorted.slice(1).every((atMs, index) => atMs - (sorted[index] ?? NaN) > 1_000), `${times}`);
});

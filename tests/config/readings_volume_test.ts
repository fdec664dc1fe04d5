import assert from "node:assert/strict";
import { readingsVolume, streamsWithLimits } from "../../src/config/mod.ts";
import { load } from "../support/config_text.ts";

function site(meterCount: number, keys = "", top = ""): ReturnType<typeof load> {
  const meters = Array.from({ length: meterCount }, (_, index) => {
    return `      - { name: evse-${index}, powermeter_device_id: ${index + 1}${keys} }`;
  });
  return load(`site: a\nlines:\n  - name: l\n    serial_port: /dev/ttyS0\n    meters:\n${meters.join("\n")}\n${top}`);
}

Deno.test("readingsVolume of 13 signed meters at 1 Hz is 11.6 GB in 7 days, and 2.6 hours fit in the spool", () => {
  const { perSecond, storedBytes, streamBytes, spoolHours } = readingsVolume(site(13));
  assert.deepEqual([perSecond, storedBytes], [13, 1472]);
  assert.equal((streamBytes / 1e9).toFixed(1), "11.6");
  assert.equal(spoolHours.toFixed(1), "2.6");
});

Deno.test("readingsVolume counts values that are read less often, or not at all, by their share", () => {
  const bytes = (keys: string) => Math.round(readingsVolume(site(1, keys)).storedBytes);
  const lean = ", energy_interval_ms: 600000, temperature_interval_ms: 600000";
  assert.equal(bytes(", publish_signed_values: on_demand"), 628);
  assert.equal(bytes(`, publish_signed_values: never${lean}`), 471);
  assert.equal(bytes(`${lean}, signed_value_interval_ms: 10000`), 556);
});

Deno.test("readingsVolume grows with the rate of each meter and the age of the stream", () => {
  const fast = readingsVolume(site(2, ", live_measurement_interval_ms: 500"));
  const slow = readingsVolume(site(2, ", live_measurement_interval_ms: 60000"));
  assert.deepEqual([fast.perSecond, Math.round(fast.streamBytes / slow.streamBytes)], [4, 120]);
  const kept = (days: number) => site(2, "", `streams: { readings: { max_age_days: ${days} } }`);
  assert.equal(readingsVolume(kept(14)).streamBytes, 2 * readingsVolume(kept(7)).streamBytes);
  assert.equal(readingsVolume(kept(0)).limitBytes, Infinity);
});

Deno.test("streamsWithLimits gives the stream of readings 10 % more than its readings need", () => {
  const settings = site(13, "", "streams: { scope: site }");
  const { scope, readings, ocmf } = streamsWithLimits(settings);
  assert.equal((readings.neededBytes / 1e9).toFixed(1), "12.7");
  assert.deepEqual([scope, ocmf], ["site", settings.streams.ocmf]);
});

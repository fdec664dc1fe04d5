import assert from "node:assert/strict";
import { configText, load } from "../support/config_text.ts";

Deno.test("loadConfig warns of a message timeout that is too short for a USB adapter", () => {
  const warningsOf = (line: string) => load(configText({ line })).warnings;
  assert.match(
    warningsOf("within_message_timeout_ms: 15").join(),
    /within_message_timeout_ms: 15 is shorter than the 16 ms for which a USB adapter can delay bytes/,
  );
  assert.deepEqual(warningsOf("within_message_timeout_ms: 16"), []);
});

Deno.test("loadConfig increases an interval to that of the readings, with a warning", () => {
  const settings = load(configText({ meter: "live_measurement_interval_ms: 3000\nenergy_interval_ms: 2999" }));
  assert.equal(settings.lines[0]?.meters[0]?.energyIntervalMs, 3000);
  assert.deepEqual(settings.warnings, [
    "/etc/wattseal/site.yaml:8:29: lines[0].meters[0].energy_interval_ms: " +
    "2999 is less than live_measurement_interval_ms of meter evse-1: 3000 is used",
  ]);
});

Deno.test("loadConfig warns once per line if the attempts of a read can take longer than a restart of the meter", () => {
  const warningsOf = (line: string, meter = "") => load(configText({ line, meter })).warnings;
  assert.deepEqual(warningsOf("retries: 0"), []);
  assert.deepEqual(warningsOf("retries: 0", "communication_retry_count: 5"), [], "4.5 s");
  const [warning, ...others] = warningsOf("  - { name: evse-2, powermeter_device_id: 2 }\nretries: 2");
  assert.deepEqual(others, []);
  assert.match(
    warning ?? "",
    /site\.yaml:\d+:\d+: lines\[0\]\.meters\[0\]: the attempts to read meter evse-1 and 1 more of /,
  );
  assert.match(warning ?? "", /take up to 5\.5 s \(communication_retry_count,.* may not raise CommunicationError$/);
  const own = warningsOf("retries: 0", "communication_retry_count: 20");
  assert.match(own.join(), /lines\[0\]\.meters\[0\]\.communication_retry_count: .* meter evse-1 take up to 19\.5 s/);
});

Deno.test("loadConfig accepts a unit id above 247 with a warning", () => {
  const settings = load(configText({ meter: "powermeter_device_id: 248" }));
  assert.equal(settings.lines[0]?.meters[0]?.unit, 248);
  assert.match(settings.warnings.join(), /^\/etc\/wattseal\/site\.yaml:7:31: .*powermeter_device_id: 248 is above 247/);
  assert.deepEqual(load(configText({ meter: "powermeter_device_id: 247" })).warnings, []);
});

import assert from "node:assert/strict";
import { stringify } from "yaml";
import { effectiveConfig } from "../../src/config/mod.ts";
import { configText, load } from "../support/config_text.ts";

Deno.test("effectiveConfig returns a configuration file with the same settings", () => {
  const texts = [
    configText(),
    configText({ line: "parity: 2", top: 'state_dir: "a$${B}"\nnats: { servers: ["tls://[::1]:4222"] }' }),
    configText().replace("serial_port: /dev/ttyUSB0", "gateway: modbus-tcp://[::1]:502"),
    configText().replace("serial_port: /dev/ttyUSB0", "gateway: unix:x.sock"),
    configText({ meter: "time_zone: Europe/Berlin" }),
  ];
  for (const text of texts) {
    const settings = load(text);
    // It sets every key
    assert.deepEqual(load(stringify(effectiveConfig(settings))), { ...settings, changedDefaults: [] }, text);
  }
});

Deno.test("effectiveConfig uses the keys of the file and includes the defaults", () => {
  const effective = effectiveConfig(load(configText({ top: "defaults: { timezone_offset_minutes: 60 }" })));
  assert.deepEqual(Object.keys(effective), [
    "site",
    "state_dir",
    "nats",
    "streams",
    "lines",
    "journal",
    "spool",
    "clock",
    "log",
  ]);
  assert.deepEqual(effective["spool"], { mode: "disk", max_age_hours: 72, max_mb: 256 });
  assert.match(stringify(effective), /powermeter_device_id: 1\n[^]*timezone_offset_minutes: 60\n/);
});

Deno.test("effectiveConfig masks passwords and tokens", () => {
  const withPassword = load(configText({ top: "nats: { user: me, password: hunter2 }" }));
  const withToken = load(configText({ top: "nats: { token: hunter2 }" }));
  assert.match(stringify(effectiveConfig(withPassword)), /user: me\n {2}password: "\*\*\*"/);
  assert.match(stringify(effectiveConfig(withToken)), /token: "\*\*\*"/);
  assert.doesNotMatch(stringify([withPassword, withToken].map(effectiveConfig)), /hunter2/);
});

import assert from "node:assert/strict";
import { changeText } from "../../src/station/change.ts";
import { compareSettings } from "../../src/station/compare_settings.ts";
import { settingsOf, type ShortLines } from "./configs.ts";

const before: ShortLines = { a: { meters: { one: "1", two: "2" } }, b: { meters: { three: "1" } } };

/** Changes of lines and meters: the changed configuration, and the texts of the changes. */
const lineTable: Record<string, [after: ShortLines, texts: string[]]> = {
  "the same file": [before, []],
  "another order of lines and meters": [
    { b: { meters: { three: "1" } }, a: { meters: { two: "2", one: "1" } } },
    [],
  ],
  "a default that is written": [{ ...before, a: { keys: "baudrate: 9600", meters: { one: "1", two: "2" } } }, []],
  "an added line": [
    { ...before, c: { meters: { four: "4" } } },
    ["line c is added", "meter four is added"],
  ],
  "a removed line": [{ b: { meters: { three: "1" } } }, [
    "line a is removed",
    "meter one is removed",
    "meter two is removed",
  ]],
  "a changed line": [
    { ...before, b: { keys: "baudrate: 19200, retries: 2", meters: { three: "1" } } },
    ["line b is changed (baudrate, retries)"],
  ],
  "another device": [
    { ...before, b: { keys: "serial_port: /dev/x", meters: { three: "1" } } },
    ["line b is changed (serial_port)"],
  ],
  "a gateway in place of a device": [
    { ...before, b: { keys: 'gateway: "tcp://10.0.0.5:4001"', meters: { three: "1" } } },
    ["line b is changed (gateway)"],
  ],
  "an added key of a section": [
    { ...before, b: { keys: "rs485: { direction: rts }", meters: { three: "1" } } },
    ["line b is changed (rs485)"],
  ],
  "a renamed line": [{
    a: { meters: { one: "1", two: "2" } },
    c: { keys: "serial_port: /dev/b", meters: { three: "1" } },
  }, [
    "line b is removed",
    "line c is added",
    "meter three is moved",
  ]],
  "a changed meter": [
    { ...before, b: { meters: { three: "1, live_measurement_interval_ms: 2000, invert: true" } } },
    [
      "meter three is changed (invert, live_measurement_interval_ms, energy_interval_ms, temperature_interval_ms, " +
      "signed_value_interval_ms)",
    ],
  ],
  "another unit id": [{ ...before, b: { meters: { three: "7" } } }, ["meter three is changed (powermeter_device_id)"]],
  "a renamed meter": [{ ...before, b: { meters: { four: "1" } } }, ["meter three is removed", "meter four is added"]],
  "a moved meter": [{ a: { meters: { one: "1" } }, b: { meters: { three: "1", two: "2" } } }, ["meter two is moved"]],
  "a moved and changed meter": [
    { a: { meters: { one: "1" } }, b: { meters: { three: "1", two: "3" } } },
    ["meter two is moved (powermeter_device_id)"],
  ],
};

for (const [what, [after, texts]] of Object.entries(lineTable)) {
  Deno.test(`compareSettings finds the changes of ${what}`, () => {
    const found = compareSettings(settingsOf(before), settingsOf(after));
    assert.deepEqual(found.lines.map(changeText), texts);
    assert.deepEqual([found.restart, found.atOnce], [[], []]);
  });
}

/** Changes of other keys: the text that is added, keys that need a restart, keys that take effect at once. */
const keyTable: [top: string, restart: string[], atOnce: string[]][] = [
  ["nats: { servers: [other:4222] }", ["nats.servers"], []],
  ["nats: { tls: { ca_file: ca.pem }, user: u, password: p }", ["nats.user", "nats.password", "nats.tls"], []],
  ["state_dir: /var/lib/other", ["state_dir"], []],
  ["streams: { readings: { max_age_days: 3 } }", ["streams.readings.max_age_days"], []],
  ["spool: { max_mb: 1, mode: memory }", ["spool.mode"], ["spool.max_mb"]],
  ["spool: { max_age_hours: 1 }", [], ["spool.max_age_hours"]],
  ["journal: { retention_days: 10, alarm_free_mb: 1 }", [], ["journal.retention_days", "journal.alarm_free_mb"]],
  ["clock: { require_sync: false }", [], ["clock.require_sync"]],
  ["log: { level: debug, format: json }", [], ["log.level", "log.format"]],
];

for (const [top, restart, atOnce] of keyTable) {
  Deno.test(`compareSettings names each changed key of ${top}`, () => {
    const found = compareSettings(settingsOf(before), settingsOf(before, `${top}\n`));
    assert.deepEqual([found.restart.toSorted(), found.atOnce.toSorted()], [restart.toSorted(), atOnce.toSorted()]);
    assert.deepEqual(found.lines, []);
  });
}

Deno.test("compareSettings names another site as a key that needs a restart", () => {
  const settings = settingsOf(before);
  assert.deepEqual(compareSettings(settings, { ...settings, site: "other" }).restart, ["site"]);
});

Deno.test("compareSettings names no value, so that no password appears in a message", () => {
  const found = compareSettings(settingsOf(before), settingsOf(before, "nats: { user: u, password: secret }\n"));
  assert.equal(JSON.stringify(found).includes("secret"), false);
});

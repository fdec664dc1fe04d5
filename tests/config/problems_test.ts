import assert from "node:assert/strict";
import { configText, errorOf, placesOf, problemsOf } from "../support/config_text.ts";

Deno.test("loadConfig reports all mistakes of a file at once, each with its place", () => {
  const text = `sit: x
site: berlin 01
nats:
  servers: []
  user: me
  token: t
lines:
  - name: a
    serial_port: /dev/ttyUSB0
    baudrate: 9601
    bogus: 1
    meters:
      - name: _node
        powermeter_device_id: 0
      - name: evse-2
        powermeter_device_id: "2"
        powermeter_device_id: 2
  - name: a
    gateway: tcp://host
    meters: []
  - serial_port: /dev/ttyUSB0
log:
  level: [info]
`;
  assert.deepEqual(placesOf(text), [
    "1:1 sit",
    "2:7 site",
    "4:12 nats.servers",
    "5:3 nats.user",
    "6:3 nats.token",
    "10:15 lines[0].baudrate",
    "11:5 lines[0].bogus",
    "13:15 lines[0].meters[0].name",
    "14:31 lines[0].meters[0].powermeter_device_id",
    "16:31 lines[0].meters[1].powermeter_device_id",
    "17:9 lines[0].meters[1].powermeter_device_id",
    "18:11 lines[1].name",
    "19:14 lines[1].gateway",
    "20:13 lines[1].meters",
    "21:5 lines[2].name",
    "21:5 lines[2].meters",
    "21:18 lines[2].serial_port",
    "23:10 log.level",
  ]);
  assert.equal(errorOf(text)?.code, "invalid");
});

Deno.test("loadConfig reports the found value and the allowed ones in one sentence", () => {
  const [problem] = problemsOf(configText({ line: "baudrate: 9601" }));
  assert.deepEqual(problem, {
    file: "/etc/wattseal/site.yaml",
    line: 7,
    column: 15,
    key: "lines[0].baudrate",
    found: "9601",
    allowed: "one of 300, 600, 1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200, 230400, 460800, 921600",
    message: "/etc/wattseal/site.yaml:7:15: lines[0].baudrate: found 9601, allowed one of 300, 600, 1200, 2400, " +
      "4800, 9600, 19200, 38400, 57600, 115200, 230400, 460800, 921600",
  });
  assert.equal(errorOf(configText({ line: "baudrate: 9601" }))?.message, problem?.message);
});

Deno.test("loadConfig suggests a similar key for an unknown one, or the section of the key", () => {
  const foundAt = (extra: Parameters<typeof configText>[0]) => problemsOf(configText(extra)).map(({ found }) => found);
  assert.deepEqual(foundAt({ line: "boudrate: 9600" }), ['the unknown key "boudrate" (did you mean baudrate?)']);
  assert.deepEqual(foundAt({ meter: "live_measurment_interval_ms: 900" }), [
    'the unknown key "live_measurment_interval_ms" (did you mean live_measurement_interval_ms?)',
  ]);
  assert.deepEqual(foundAt({ meter: "comunication_retry_counts: 3" }), [
    'the unknown key "comunication_retry_counts" (did you mean communication_retry_count?)',
  ]);
  assert.deepEqual(foundAt({ meter: "nmae: 3" }), ['the unknown key "nmae" (did you mean name?)']);
  assert.deepEqual(foundAt({ top: "lgo: {}" }), ['the unknown key "lgo" (did you mean log?)']);
  assert.deepEqual(foundAt({ top: "ogl: {}" }), ['the unknown key "ogl"']);
  assert.deepEqual(foundAt({ line: "public_key_format: der" }), [
    'the unknown key "public_key_format" (it belongs in defaults or lines[].meters[])',
  ]);
  assert.deepEqual(foundAt({ top: "subject_prefix: x" }), ['the unknown key "subject_prefix" (it belongs in nats)']);
  assert.deepEqual(foundAt({ top: "zzz: x" }), ['the unknown key "zzz"']);
  assert.deepEqual(foundAt({ top: "__proto__: { site: x }" }), ['the unknown key "__proto__"']);
});

Deno.test("loadConfig rejects name and unit id in the defaults", () => {
  assert.deepEqual(placesOf(configText({ top: "defaults:\n  powermeter_device_id: 4\n  name: x" })), [
    "8:3 defaults.powermeter_device_id",
    "9:3 defaults.name",
  ]);
});

Deno.test("loadConfig reports an invalid default once and at its place, for any number of meters", () => {
  const text = configText({
    top: "defaults: { retries: 1, communication_retry_count: 0 }",
    line: "  - { name: evse-2, powermeter_device_id: 2 }",
  });
  assert.deepEqual(placesOf(text), ["8:13 defaults.retries", "8:52 defaults.communication_retry_count"]);
});

Deno.test("loadConfig does not convert types", () => {
  const keys = {
    meter: 'communication_retry_count: "3"\nmonitor_transaction_state: yes\nverify_signed_values: 1\n' +
      "timezone_offset_minutes: 1.5\ndevice_state_read_interval_ms: .inf\npublish_signed_values: true",
    line: 'stop_bits: "1"\nrtscts: "false"\nretries:\nparity: "0"',
    top: "state_dir: 5\nclock: []\nspool:\njournal: { retention_days: 1e99 }",
  };
  const found = problemsOf(configText(keys)).map((problem) => `${problem.key.split(".").at(-1)}: ${problem.found}`);
  assert.deepEqual(found, [
    'communication_retry_count: the text "3"',
    'monitor_transaction_state: the text "yes"',
    "verify_signed_values: 1",
    "timezone_offset_minutes: 1.5",
    "device_state_read_interval_ms: .inf",
    "publish_signed_values: true (a text needs quotes)",
    'stop_bits: the text "1"',
    'rtscts: the text "false"',
    "retries: nothing",
    'parity: the text "0"',
    "state_dir: 5 (a text needs quotes)",
    "clock: an empty list",
    "spool: nothing",
    "retention_days: 1e99",
  ]);
});

Deno.test("loadConfig distinguishes a text from a number where both are allowed", () => {
  const found = (parity: string) => problemsOf(configText({ line: `parity: ${parity}` }))[0]?.found;
  assert.deepEqual(['"2"', '"none "', "3", "both"].map(found), ['the text "2"', '"none "', "3", '"both"']);
});

Deno.test("loadConfig reports the type of an invalid password or token, and never its value", () => {
  const found = (value: string) => problemsOf(configText({ top: `nats: { token: ${value} }` }))[0]?.found;
  assert.equal(found("123456"), "a number (not shown; a text needs quotes)");
  assert.equal(found("true"), "a boolean (not shown; a text needs quotes)");
  assert.deepEqual(["[a]", "{ a: 1 }", "", '" "'].map(found), ["a list", "a mapping", "nothing", "an empty text"]);
});

Deno.test("loadConfig checks the range of every number", () => {
  const ranges: [string, "line" | "meter" | "top", number, number][] = [
    ["powermeter_device_id", "meter", 1, 255],
    ["communication_retry_count", "meter", 1, 100],
    ["communication_retry_delay_ms", "meter", 10, 10_000],
    ["communication_error_pause_delay_s", "meter", 1, 600],
    ["initial_connection_retry_count", "meter", 0, 100],
    ["initial_connection_retry_delay_ms", "meter", 100, 60_000],
    ["timezone_offset_minutes", "meter", -1440, 1440],
    ["live_measurement_interval_ms", "meter", 500, 60_000],
    ["device_state_read_interval_ms", "meter", 500, 60_000],
    ["energy_interval_ms", "meter", 500, 600_000],
    ["temperature_interval_ms", "meter", 500, 600_000],
    ["signed_value_interval_ms", "meter", 500, 600_000],
    ["initial_timeout_ms", "line", 10, 10_000],
    ["within_message_timeout_ms", "line", 1, 1000],
    ["retries", "line", 0, 10],
  ];
  for (const [key, level, min, max] of ranges) {
    const problems = (value: number) => problemsOf(configText({ [level]: `${key}: ${value}` })).length;
    assert.deepEqual([min - 1, min, max, max + 1].map(problems), [1, 0, 0, 1], key);
  }
});

Deno.test("loadConfig reports why unit 0 is invalid", () => {
  const [problem] = problemsOf(configText({ meter: "powermeter_device_id: 0" }));
  assert.equal(problem?.allowed, "a whole number from 1 to 255 (0 is broadcast: no meter answers)");
});

Deno.test("loadConfig requires tokens for parts of subjects", () => {
  for (const name of ["a b", "a.b", "a*", "a>", "DE*ABC*E1", '""', "\u00e4"]) {
    assert.equal(problemsOf(configText().replace("berlin-01", name)).length, 1, `site ${name}`);
    assert.equal(problemsOf(configText().replace("rs485-1", name)).length, 1, `line ${name}`);
    assert.equal(problemsOf(configText().replace("evse-1", name)).length, 1, `meter ${name}`);
  }
  for (const prefix of ["a.", ".a", "a..b", "a.*", "a b"]) {
    assert.equal(problemsOf(configText({ top: `nats: { subject_prefix: "${prefix}" }` })).length, 1, prefix);
  }
});

Deno.test("loadConfig rejects gateways and servers of an unknown form", () => {
  const gateways = [
    "tcp://host",
    "tcp://host:0",
    "tcp://host:65536",
    "tcp:host:1",
    "http://h:1",
    "unix:",
    "tcp://::1:5",
  ];
  for (const gateway of [...gateways, "tcp://10.0.0.256:1", "tcp://[::g]:1", "tcp://h:1/x", "10.0.0.5:502"]) {
    const text = configText().replace("serial_port: /dev/ttyUSB0", `gateway: "${gateway}"`);
    assert.deepEqual(placesOf(text), ["4:14 lines[0].gateway"], gateway);
  }
  for (const server of ["ws://h:1", "h:0", "h:x", "", "a b", "nats://u:p@h:4222", "::1:4222"]) {
    const text = configText({ top: `nats: { servers: ["${server}"] }` });
    assert.deepEqual(placesOf(text), ["7:19 nats.servers[0]"], server);
  }
});

Deno.test("loadConfig never shows a password or a token", () => {
  const text = configText({
    top: "nats:\n  password: [hunter2]\n  token: 4711\n  servers: ['nats://me:hunter2@host', 'me:hunter2@host']",
  });
  const error = errorOf(text, { SECRET: "hunter2" });
  assert.equal(error?.problems.length, 6);
  assert.doesNotMatch(JSON.stringify([error?.message, error?.problems]), /hunter2|4711/);
});

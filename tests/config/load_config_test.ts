import assert from "node:assert/strict";
import { configText, load, problemsOf } from "../support/config_text.ts";

const meterDefaults = {
  communicationRetryCount: 3,
  communicationRetryDelayMs: 500,
  communicationErrorPauseDelayS: 10,
  initialConnectionRetryCount: 10,
  initialConnectionRetryDelayMs: 2000,
  timezoneOffsetMinutes: 0,
  invert: false,
  extendedValues: false,
  liveMeasurementIntervalMs: 1000,
  deviceStateReadIntervalMs: 10_000,
  publicKeyFormat: "binary",
  monitorTransactionState: true,
  publishSignedValues: "every",
  energyIntervalMs: 1000,
  temperatureIntervalMs: 1000,
  signedValueIntervalMs: 1000,
  intervalMinutes: "off",
  verifySignedValues: false,
};

Deno.test("loadConfig adds all defaults to a minimal file", () => {
  const stream = { enabled: true, replicas: 1 };
  assert.deepEqual(load(configText()), {
    site: "berlin-01",
    stateDir: "/etc/wattseal/state",
    nats: { servers: ["127.0.0.1:4222"], subjectPrefix: "wattseal", inboxPrefix: "_INBOX" },
    streams: {
      scope: "all",
      readings: { ...stream, maxAgeDays: 7 },
      ocmf: { ...stream, maxAgeDays: 0 },
      state: { ...stream, maxAgeDays: 0 },
      intervals: { ...stream, maxAgeDays: 400 },
    },
    lines: [{
      name: "rs485-1",
      endpoint: { kind: "serial", path: "/dev/ttyUSB0" },
      baudrate: 9600,
      parity: "none",
      stopBits: 1,
      rtscts: false,
      ignoreEcho: false,
      initialTimeoutMs: 500,
      withinMessageTimeoutMs: 100,
      retries: 0,
      meters: [{ name: "evse-1", unit: 1, ...meterDefaults }],
    }],
    journal: { retentionDays: 365, alarmUndeliveredMinutes: 15, alarmFreeMb: 100 },
    spool: { mode: "disk", maxAgeHours: 72, maxMb: 256 },
    clock: { requireSync: true },
    log: { level: "info", format: "text" },
    warnings: [],
    changedDefaults: [{
      key: "clock.require_sync",
      text: "/etc/wattseal/site.yaml: clock.require_sync is not set. Its default is now true (before: false): " +
        "the clocks of the meters are not set while the clock of this machine is not synchronised",
    }],
  });
});

Deno.test("loadConfig reads the settings of RTS", () => {
  const lineOf = (line: string) => load(configText({ line })).lines[0];
  assert.deepEqual(lineOf("rs485: { direction: rts_inverted, delay_after_ms: 2 }")?.rs485, {
    direction: "rts_inverted",
    delayBeforeMs: 0,
    delayAfterMs: 2,
  });
  assert.equal(lineOf("rts: off")?.rts, "off");
});

Deno.test("loadConfig reads every key of the file", () => {
  const settings = load(`
site: "01"
state_dir: /var/lib/wattseal
nats:
  servers: ["[::1]:4222", nats://a.example.org]
  subject_prefix: acme.charging
  user: me
  password: secret
  tls: { ca_file: ca.pem, cert_file: /tls/c.pem, key_file: k.pem }
  jetstream_domain: edge-1
  inbox_prefix: _INBOX_01
streams:
  scope: site
  readings: { enabled: false, replicas: 3, max_age_days: 0, max_bytes: 1000000 }
  ocmf: { max_age_days: 1 }
  state: { replicas: 5 }
  intervals: { max_age_days: 30 }
lines:
  - name: a
    gateway: unix:bridge.sock
    baudrate: 115200
    parity: even
    stop_bits: 2
    rtscts: true
    ignore_echo: true
    initial_timeout_ms: 10
    within_message_timeout_ms: 1
    retries: 10
    meters:
      - name: m
        powermeter_device_id: 0x2F
        communication_retry_count: 100
        communication_retry_delay_ms: 10000
        communication_error_pause_delay_s: 600
        initial_connection_retry_count: 0
        initial_connection_retry_delay_ms: 100
        timezone_offset_minutes: -1440
        invert: true
        extended_values: true
        live_measurement_interval_ms: 500
        device_state_read_interval_ms: 60000
        public_key_format: der
        monitor_transaction_state: false
        publish_signed_values: on_demand
        energy_interval_ms: 5000
        temperature_interval_ms: 600000
        signed_value_interval_ms: 501
        interval_minutes: 15
        verify_signed_values: true
journal: { retention_days: 1, alarm_undelivered_minutes: 100000, alarm_free_mb: 0 }
spool: { mode: "off", max_age_hours: 1, max_mb: 1 }
clock: { require_sync: false }
log: { level: debug, format: json }
`);
  assert.deepEqual(settings, {
    site: "01",
    stateDir: "/var/lib/wattseal",
    nats: {
      servers: ["[::1]:4222", "nats://a.example.org"],
      subjectPrefix: "acme.charging",
      user: "me",
      password: "secret",
      tls: { caFile: "/etc/wattseal/ca.pem", certFile: "/tls/c.pem", keyFile: "/etc/wattseal/k.pem" },
      jetstreamDomain: "edge-1",
      inboxPrefix: "_INBOX_01",
    },
    streams: {
      scope: "site",
      readings: { enabled: false, replicas: 3, maxAgeDays: 0, maxBytes: 1_000_000 },
      ocmf: { enabled: true, replicas: 1, maxAgeDays: 1 },
      state: { enabled: true, replicas: 5, maxAgeDays: 0 },
      intervals: { enabled: true, replicas: 1, maxAgeDays: 30 },
    },
    lines: [{
      name: "a",
      endpoint: { kind: "unix", path: "/etc/wattseal/bridge.sock" },
      baudrate: 115200,
      parity: "even",
      stopBits: 2,
      rtscts: true,
      ignoreEcho: true,
      initialTimeoutMs: 10,
      withinMessageTimeoutMs: 1,
      retries: 10,
      meters: [{
        name: "m",
        unit: 47,
        communicationRetryCount: 100,
        communicationRetryDelayMs: 10_000,
        communicationErrorPauseDelayS: 600,
        initialConnectionRetryCount: 0,
        initialConnectionRetryDelayMs: 100,
        timezoneOffsetMinutes: -1440,
        invert: true,
        extendedValues: true,
        liveMeasurementIntervalMs: 500,
        deviceStateReadIntervalMs: 60_000,
        publicKeyFormat: "der",
        monitorTransactionState: false,
        publishSignedValues: "on_demand",
        energyIntervalMs: 5000,
        temperatureIntervalMs: 600_000,
        signedValueIntervalMs: 501,
        intervalMinutes: 15,
        verifySignedValues: true,
      }],
    }],
    journal: { retentionDays: 1, alarmUndeliveredMinutes: 100_000, alarmFreeMb: 0 },
    spool: { mode: "off", maxAgeHours: 1, maxMb: 1 },
    clock: { requireSync: false },
    log: { level: "debug", format: "json" },
    warnings: [
      "/etc/wattseal/site.yaml:32:36: lines[0].meters[0].communication_retry_count: the attempts to read meter m " +
      "take up to 1001 s (communication_retry_count, communication_retry_delay_ms, and retries and " +
      "initial_timeout_ms of " +
      "the line): a restart of the meter takes about 6 s and may not raise CommunicationError",
    ],
    changedDefaults: [],
  });
});

Deno.test("loadConfig reads gateways, their hosts in lower case and without brackets", () => {
  const endpointOf = (gateway: string) =>
    load(configText().replace("serial_port: /dev/ttyUSB0", `gateway: ${gateway}`)).lines[0]?.endpoint;
  assert.deepEqual(endpointOf("unix:/run/wattseal/rs485-1.sock"), { kind: "unix", path: "/run/wattseal/rs485-1.sock" });
  assert.deepEqual(endpointOf("tcp://10.0.0.5:4001"), { kind: "tcp", host: "10.0.0.5", port: 4001 });
  assert.deepEqual(endpointOf("tcp://Gate.example.org:1"), { kind: "tcp", host: "gate.example.org", port: 1 });
  assert.deepEqual(endpointOf('"modbus-tcp://[2001:DB8::5]:502"'), {
    kind: "modbus-tcp",
    host: "2001:db8::5",
    port: 502,
  });
});

Deno.test("loadConfig also reads parity as 0, 1 and 2", () => {
  const parities = [0, 1, 2].map((parity) => load(configText({ line: `parity: ${parity}` })).lines[0]?.parity);
  assert.deepEqual(parities, ["none", "odd", "even"]);
});

Deno.test("loadConfig copies the defaults of the file to every meter that does not set them", () => {
  const { lines } = load(configText({
    top: "defaults: { timezone_offset_minutes: 60, live_measurement_interval_ms: 2000 }",
    meter: "timezone_offset_minutes: 120",
    line: "  - { name: evse-2, powermeter_device_id: 2 }",
  }));
  const meters = lines[0]?.meters ?? [];
  assert.deepEqual(meters.map((meter) => meter.timezoneOffsetMinutes), [120, 60]);
  assert.deepEqual(meters.map((meter) => meter.energyIntervalMs), [2000, 2000]);
});

Deno.test("loadConfig reads a time zone instead of an offset; the setting of a meter overrides the defaults", () => {
  const times = (text: string) =>
    load(text).lines[0]?.meters.map((meter) => [meter.timeZone, meter.timezoneOffsetMinutes])[0];
  assert.deepEqual(times(configText({ meter: "time_zone: Europe/Berlin" })), ["Europe/Berlin", 0]);
  const zone = "defaults: { time_zone: Europe/Berlin }";
  assert.deepEqual(times(configText({ top: zone })), ["Europe/Berlin", 0]);
  assert.deepEqual(times(configText({ top: zone, meter: "timezone_offset_minutes: 60" })), [undefined, 60]);
  const offset = "defaults: { timezone_offset_minutes: 60 }";
  assert.deepEqual(times(configText({ top: offset, meter: "time_zone: UTC" })), ["UTC", 0]);
  const both = "time_zone: UTC\ntimezone_offset_minutes: 0";
  assert.deepEqual(problemsOf(configText({ meter: both })).map(({ found, allowed }) => [found, allowed]), [
    ["both", "one of timezone_offset_minutes and time_zone"],
  ]);
  assert.equal(problemsOf(configText({ top: "defaults: { time_zone: UTC, timezone_offset_minutes: 0 }" })).length, 1);
  assert.match(
    problemsOf(configText({ meter: "time_zone: Europe/Berln" }))[0]?.message ?? "",
    /time_zone: found "Europe\/Berln", allowed the name of a time zone, for example Europe\/Berlin$/,
  );
});

Deno.test("loadConfig enforces TLS if a server starts with tls://", () => {
  const settings = load(configText({ top: "nats: { servers: ['tls://a.example.org:4222'] }" }));
  assert.deepEqual(settings.nats.tls, {});
});

Deno.test("loadConfig freezes the settings deeply", () => {
  const frozen = (value: unknown): boolean =>
    typeof value !== "object" || value === null || (Object.isFrozen(value) && Object.values(value).every(frozen));
  assert.ok(frozen(load(configText())));
});

Deno.test("loadConfig resolves relative paths from the folder of the file", () => {
  const settings = load(
    configText({ top: "state_dir: ../var\nnats: { credentials_file: site.creds }" }).replace("/dev/ttyUSB0", "dev/pty"),
  );
  assert.equal(settings.stateDir, "/etc/var");
  assert.equal(settings.nats.credentialsFile, "/etc/wattseal/site.creds");
  assert.deepEqual(settings.lines[0]?.endpoint, { kind: "serial", path: "/etc/wattseal/dev/pty" });
});

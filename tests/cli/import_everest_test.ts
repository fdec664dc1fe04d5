import assert from "node:assert/strict";
import { parse } from "yaml";
import { loadConfig, loadEverestSettings } from "../../src/config/mod.ts";
import { everest, run } from "./everest_file.ts";

Deno.test("import-everest converts lines, meters and all their settings", async () => {
  const { code, out } = await run(everest);
  assert.equal(code, 0);
  const { lines } = loadConfig(out, { path: "site.yaml", env: () => undefined });
  assert.equal(lines.length, 1);
  const [line] = lines;
  assert.deepEqual(line?.endpoint, { kind: "serial", path: "/dev/ttyUSB0" });
  assert.deepEqual(
    [line?.name, line?.baudrate, line?.parity, line?.withinMessageTimeoutMs, line?.retries],
    ["comm_hub", 115_200, "even", 32, 2],
  );
  assert.deepEqual(line?.meters.map(({ name, unit }) => [name, unit]), [["meter_1", 3], ["meter_2", 4]]);
  const [first] = line?.meters ?? [];
  assert.deepEqual(
    [first?.communicationRetryCount, first?.communicationRetryDelayMs, first?.timezoneOffsetMinutes],
    [1, 10, 60],
  );
  assert.equal(first?.publicKeyFormat, "der");
});

Deno.test("import-everest reports omitted settings, but not those without effect", async () => {
  const { err } = await run(everest);
  assert.match(err, /comm_hub: rxtx_gpio_chip: "gpiochip0" is omitted: Wattseal does not switch the direction by GPIO/);
  assert.match(err, /omitted, because they do not read meters: cli_1 \(BUPowermeter\)\n/);
  assert.match(err, /site and nats\.servers are placeholders/);
  assert.doesNotMatch(err, /max_packet_size|rxtx_gpio_line|retries/);
});

Deno.test("import-everest converts the retries of a SerialCommHub, also the default", async () => {
  const retriesOf = async (text: string) => {
    const { out, err } = await run(text);
    return { retries: loadConfig(out, { path: "site.yaml", env: () => undefined }).lines[0]?.retries, err };
  };
  const silent = await retriesOf(everest.replace("        retries: 2\n", ""));
  assert.equal(silent.retries, 2);
  assert.match(silent.err, /^comm_hub: retries is 2, the default of EVerest: the file does not set it$/m);
  assert.equal((await retriesOf(everest.replace("retries: 2", "retries: 0"))).retries, 0);
});

Deno.test(
  "import-everest increases a message timeout that is too short for a USB adapter, and notes this in the " +
    "file",
  async () => {
    const of = async (port: string, silence: number) => {
      const hub = `serial_port: ${port}\n        baudrate: 19200\n        within_message_timeout_ms: ${silence}`;
      const { out, err } = await run(everest.replace(/serial_port: [^#]*?within_message_timeout_ms: 10/, hub));
      return { out, err, line: loadConfig(out, { path: "site.yaml", env: () => undefined }).lines[0] };
    };
    const raised = await of("/dev/serial/by-id/usb-FTDI_A1-if00-port0", 15);
    assert.equal(raised.line?.withinMessageTimeoutMs, 32);
    assert.match(
      raised.out,
      /^ +within_message_timeout_ms: 32 # 15 in EVerest; a USB adapter can delay bytes by up to 16 ms$/m,
    );
    assert.match(raised.err, /^comm_hub: within_message_timeout_ms is increased to 32: 15 in EVerest; a USB adapter /m);
    for (const [port, silence] of [["/dev/ttyUSB0", 16], ["/dev/ttyS1", 10], ["/dev/ttyAMA0", 1]] as const) {
      const kept = await of(port, silence);
      assert.equal(kept.line?.withinMessageTimeoutMs, silence, port);
      assert.doesNotMatch(kept.out + kept.err, /can delay bytes/);
    }
  },
);

Deno.test("import-everest writes settings that all meters share once, into defaults", async () => {
  const both = everest.replace(
    "main: { powermeter_device_id: 4 }",
    "main: { powermeter_device_id: 4, communication_retry_count: 1, timezone_offset_minutes: 120 }",
  );
  const { code, out } = await run(both);
  assert.equal(code, 0);
  assert.match(out, /^defaults:\n +communication_retry_count: 1\n/m);
  assert.equal(out.match(/communication_retry_count/g)?.length, 1);
  const meters = loadConfig(out, { path: "site.yaml", env: () => undefined }).lines[0]?.meters;
  const values = meters?.map((meter) => [meter.unit, meter.communicationRetryCount, meter.timezoneOffsetMinutes]);
  assert.deepEqual(values, [[3, 1, 60], [4, 1, 120]]);
  assert.doesNotMatch((await run(everest)).out, /defaults:/);
  const wrong = await run(both.replaceAll("communication_retry_count: 1", "communication_retry_count: 0"));
  assert.equal(wrong.code, 1);
  assert.match(wrong.err, /defaults\.communication_retry_count: found 0, .* \(of modules meter_1, meter_2\)$/m);
});

Deno.test("import-everest uses EVerest's default port for a SerialCommHub without a port", async () => {
  for (const rest of ["config_implementation: { main: { baudrate: 19200 } }", "config_module: {}"]) {
    const { code, out, err } = await run(`active_modules:
  hub: { module: SerialCommHub, ${rest} }
  m: { module: CarloGavazzi_EM580, connections: { modbus: [{ module_id: hub, implementation_id: main }] } }
`);
    assert.equal(code, 0);
    const [line] = loadConfig(out, { path: "site.yaml", env: () => undefined }).lines;
    assert.deepEqual(line?.endpoint, { kind: "serial", path: "/dev/ttyUSB0" });
    assert.match(err, /hub: serial_port is \/dev\/ttyUSB0, the default of EVerest: the file does not set it\n/);
  }
  assert.doesNotMatch((await run(everest)).err, /the default of EVerest/);
});

Deno.test("import-everest warns of other modules on the line of the meters", async () => {
  const { code, out, err } = await run(`${everest}
  generic:
    module: GenericPowermeter
    connections: { serial_comm_hub: [{ module_id: comm_hub, implementation_id: main }] }
  same_port: { module: SerialCommHub }
  relay: { module: Relay, connections: { modbus: [{ module_id: same_port, implementation_id: main }] } }
  own_port: { module: SerialCommHub, config_implementation: { main: { serial_port: /dev/ttyUSB1 } } }
  fan: { module: Fan, connections: { modbus: [{ module_id: own_port, implementation_id: main }] } }
`);
  assert.equal(code, 0);
  assert.equal(loadConfig(out, { path: "site.yaml", env: () => undefined }).lines.length, 1);
  assert.match(
    err,
    /warning: generic \(GenericPowermeter\) .* on the line of comm_hub: two masters on one line collide; .* without a register map: add such a meter/,
  );
  assert.match(err, /warning: relay \(Relay\) .* on the line of same_port: two masters on one line collide; /);
  const idle = "cli_1 (BUPowermeter), same_port (SerialCommHub), own_port (SerialCommHub), fan (Fan)";
  assert.ok(err.includes(`do not read meters: ${idle}\n`), err);
});

/** The indented blocks on standard error. */
function blocksOf(err: string): string[] {
  return [...err.matchAll(/(?:^ .*\n)+/gm)].map(([block]) => block.replace(/^ {2}/gm, ""));
}

Deno.test("import-everest prints what changes in EVerest, and a valid configuration of everest", async () => {
  const { err } = await run(everest);
  const [changes = "", own = "", ...more] = blocksOf(err);
  assert.deepEqual(more, []);
  const module = { module: "powermeter_API" };
  assert.deepEqual(parse(changes), { active_modules: { meter_1: module, meter_2: module } });
  const { meters } = loadEverestSettings(own, { path: "everest.yaml", env: () => undefined });
  assert.deepEqual(meters.map(({ meter, moduleId }) => [meter, moduleId]), [
    ["meter_1", "meter_1"],
    ["meter_2", "meter_2"],
  ]);
  assert.match(
    err,
    /^In the EVerest configuration, replace these modules\. Their ids stay, .* Remove their settings and their connection modbus:$/m,
  );
  assert.match(err, /^In the EVerest configuration, remove comm_hub: the service opens its port\.$/m);
});

Deno.test("import-everest keeps the ids of EVerest where its names differ, and lists what uses a removed line", async () => {
  const { err } = await run(`active_modules:
  hub: { module: SerialCommHub }
  meter.1: { module: CarloGavazzi_EM580, connections: { modbus: [{ module_id: hub, implementation_id: main }] } }
  relay: { module: Relay, connections: { modbus: [{ module_id: hub, implementation_id: main }] } }
`);
  const [, own = ""] = blocksOf(err);
  assert.deepEqual(parse(own).meters, [{ meter: "meter-1", module_id: "meter.1" }]);
  assert.match(
    err,
    /^In the EVerest configuration, remove hub and what uses it \(relay\): the service opens its port\.$/m,
  );
});

Deno.test("import-everest gives each module a unique name", async () => {
  const meter = (unit: number) =>
    `{ module: CarloGavazzi_EM580, config_implementation: { main: { powermeter_device_id: ${unit} } }, ` +
    "connections: { modbus: [{ module_id: _hub, implementation_id: main }] } }";
  const { code, out, err } = await run(`active_modules:
  _hub: { module: SerialCommHub }
  a b: ${meter(1)}
  a.b: ${meter(2)}
  a-b: ${meter(3)}
  a-b-2: ${meter(4)}
`);
  assert.equal(code, 0);
  const [line] = loadConfig(out, { path: "site.yaml", env: () => undefined }).lines;
  const meters = line?.meters.map(({ name, unit }) => [name, unit]);
  assert.deepEqual([line?.name, meters], ["hub", [["a-b-3", 1], ["a-b-4", 2], ["a-b", 3], ["a-b-2", 4]]]);
  assert.match(err, /^_hub: renamed to hub, because names are parts of subjects$/m);
  assert.match(err, /^a b: renamed to a-b-3, because names are parts of subjects, and a-b is already used$/m);
  assert.doesNotMatch(err, /^a-b/m);
});

Deno.test("import-everest keeps a text that looks like a variable as a text", async () => {
  const { code, out, err } = await run(everest.replace("/dev/ttyUSB0", () => "'/dev/${TTY}$${A}${'"));
  assert.equal(code, 0);
  const [line] = loadConfig(out, { path: "site.yaml", env: () => "wrong" }).lines;
  assert.deepEqual(line?.endpoint, { kind: "serial", path: "/dev/${TTY}$${A}${" });
  assert.match(err, /^comm_hub: serial_port: "\$\{" is written as "\$\$\{": EVerest has no variables/m);
});

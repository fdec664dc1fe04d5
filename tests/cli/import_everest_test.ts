import assert from "node:assert/strict";
import { importEverestFile } from "../../src/cli/import_everest.ts";
import { loadConfig } from "../../src/config/mod.ts";

async function run(text: string, file = "-") {
  const written = { out: "", err: "" };
  const code = await importEverestFile(file, {
    out: (more) => written.out += more,
    err: (more) => written.err += more,
    readInput: () => Promise.resolve(new TextEncoder().encode(text)),
  });
  return { code, ...written };
}

const everest = `
settings:
  telemetry_enabled: false
active_modules:
  meter_1:
    module: CarloGavazzi_EM580
    config_implementation:
      main:
        powermeter_device_id: 3
        communication_retry_count: 1
        communication_retry_delay_ms: 10
        timezone_offset_minutes: 60
        public_key_format: der
    connections:
      modbus:
        - module_id: comm_hub
          implementation_id: main
  meter_2:
    module: CarloGavazzi_EM580
    config_implementation: { main: { powermeter_device_id: 4 } }
    connections: { modbus: [{ module_id: comm_hub, implementation_id: main }] }
  comm_hub:
    module: SerialCommHub
    config_implementation:
      main:
        serial_port: /dev/ttyUSB0
        baudrate: 115200
        parity: 2
        within_message_timeout_ms: 10
        retries: 2
        rxtx_gpio_chip: gpiochip0
        rxtx_gpio_line: 0
        max_packet_size: 256
  cli_1:
    module: BUPowermeter
    connections: { powermeter: [{ module_id: meter_1, implementation_id: main }] }
`;

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

Deno.test("import-everest reports unknown settings and meters without a line", async () => {
  const { code, err } = await run(
    everest.replace("public_key_format: der", "flux_capacity: 88").replace("module_id: comm_hub, i", "module_id: x, i"),
  );
  assert.equal(code, 0);
  assert.match(err, /meter_1: flux_capacity: 88 is omitted: Wattseal has no such setting/);
  assert.match(err, /meter_2: omitted: its connection modbus does not lead to a SerialCommHub/);
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

Deno.test("import-everest only warns of a duplicate key in a part that it does not use", async () => {
  const twice = (text: string) =>
    `${text}
  yeti:
    module: YetiDriver
    connections: { a: [{ module_id: x }] }
    connections: { b: [{ module_id: y }] }
  yeti.2: { module: YetiDriver, config_module: { x: 1, x: 2 } }
api: { x: 1, x: 2 }
`;
  const { code, out, err } = await run(twice(everest));
  assert.equal(code, 0);
  assert.equal(loadConfig(out, { path: "site.yaml", env: () => undefined }).lines.length, 1);
  const warned = [...err.matchAll(/^warning: standard input:\d+:\d+: (.*): duplicate key; /gm)];
  assert.deepEqual(warned.map(([, key]) => key), [
    "active_modules.yeti.connections",
    'active_modules["yeti.2"].config_module.x',
    "api.x",
  ]);
  for (
    const [ours, key] of [
      [everest.replace("baudrate: 115200", "baudrate: 115200\n        baudrate: 9600"), /comm_hub.*\.baudrate/],
      [`${everest}  meter_2: { module: YetiDriver }\n`, /active_modules\.meter_2/],
    ] as const
  ) {
    const refused = await run(ours);
    assert.deepEqual([refused.code, refused.out], [2, ""]);
    assert.match(
      refused.err,
      new RegExp(`^standard input:\\d+:\\d+: .*${key.source}: found the key a second time`, "m"),
    );
  }
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

Deno.test("import-everest exits with 1 for an invalid value, and names it", async () => {
  const { code, out, err } = await run(everest.replace("powermeter_device_id: 3", "powermeter_device_id: 0"));
  assert.equal(code, 1);
  assert.match(out, /powermeter_device_id: 0/);
  const mistake = "lines\\[0\\]\\.meters\\[0\\]\\.powermeter_device_id: found 0, allowed .*broadcast.*";
  assert.match(err, new RegExp(`^result of the import:\\d+:\\d+: ${mistake} \\(of module meter_1\\)$`, "m"));
  assert.match(err, /^The service refuses this result until these problems are fixed/m);
});

Deno.test("import-everest exits with 2 if the file has no meters", async () => {
  for (
    const [text, why] of [
      ["active_modules: [", /not YAML/],
      ["hello", /^standard input:1:1: found the text "hello", allowed .* as in an EVerest configuration\n$/],
      ["active_modules: { a: { module: SerialCommHub } }", /no CarloGavazzi_EM580 that is connected/],
      ["active_modules: { a: 1 }", /^standard input:1:22: active_modules\.a: found 1, allowed a mapping with module/],
    ] as const
  ) {
    const { code, out, err } = await run(text);
    assert.deepEqual([code, out], [2, ""], text);
    assert.match(err, why);
  }
});

Deno.test("import-everest reports all mistakes of an unusable file, each with line and column", async () => {
  const { code, out, err } = await run(`active_modules:
  a: 1
  hub:
    module: 5
    config_implementation: [x]
  hub: { module: x }
  m:
    modul: CarloGavazzi_EM580
    connections: { modbus: [hub, { x: 1 }] }
`);
  assert.deepEqual([code, out], [2, ""]);
  const told = err.trimEnd().split("\n").map((line) => line.replace(/^standard input:/, "").split(", allowed ")[0]);
  assert.deepEqual(told, [
    "2:6: active_modules.a: found 1",
    "4:13: active_modules.hub.module: found 5 (a text needs quotes)",
    "5:28: active_modules.hub.config_implementation: found a list",
    "6:3: active_modules.hub: found the key a second time",
    "8:5: active_modules.m.module: found nothing",
    '9:29: active_modules.m.connections.modbus[0]: found the text "hub"',
    "9:34: active_modules.m.connections.modbus[1].module_id: found nothing",
  ]);
});

Deno.test("import-everest reports why it cannot read a file", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/file`, "");
    for (
      const [file, why] of [
        [`${folder}/none.yaml`, "there is no such file; check its path"],
        [folder, "it is a directory; name a file in it"],
        [`${folder}/file/in-it.yaml`, "a part of its path is a file, not a directory; check its path"],
        [`${folder}/${"x".repeat(300)}`, "File name too long"],
      ] as const
    ) {
      assert.deepEqual(await run("", file), { code: 2, out: "", err: `Cannot read ${file}: ${why}\n` });
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

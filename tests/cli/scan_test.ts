import assert from "node:assert/strict";
import { openPseudoTerminal, serveSerialPort } from "../../bridge/mod.ts";
import { silentLog } from "../../src/base/log.ts";
import { scan, type ScanArguments } from "../../src/cli/scan.ts";
import { loadConfig } from "../../src/config/mod.ts";
import { SimulatedLine, SimulatedMeter } from "../../src/simulator/mod.ts";
import { runCommand } from "../support/run_command.ts";
import { ScriptedLine } from "../support/scripted_line.ts";

const units = [1, 2, 4];

async function run(
  { serialPort = "", ...args }: Partial<ScanArguments> & { serialPort?: string },
  { interrupted = new AbortController().signal, errIsTerminal = false } = {},
) {
  const written = { out: "", err: "" };
  const endpoint = { kind: "serial", path: serialPort } as const;
  const defaults = { endpoint, baudrates: [9600], parities: ["none"] as const, units, timeoutMs: 1000, json: true };
  const code = await scan({ ...defaults, ...args }, {
    out: (text) => written.out += text,
    err: (text) => written.err += text,
    errIsTerminal,
    interrupted,
  });
  return { code, ...written };
}

Deno.test("scan --json prints one object per meter of a line, and writes nothing to the meters", async () => {
  const meters = [new SimulatedMeter({ unit: 2 }), new SimulatedMeter({ unit: 4, model: "em300" })];
  await using wire = SimulatedLine.open(meters, { paced: false });
  const serialPort = wire.path ?? "";
  const { code, out } = await run({ serialPort });
  assert.equal(code, 0);
  assert.deepEqual(out.trimEnd().split("\n").map((line) => JSON.parse(line)), [
    {
      unit: 2,
      model: "EM580",
      identification_code: 580,
      serial_number: meters[0]?.serialNumber,
      wiring: [],
      baudrate: 9600,
      parity: "none",
    },
    {
      unit: 4,
      model: "EM300/ET300",
      identification_code: 331,
      serial_number: meters[1]?.serialNumber,
      wiring: [],
      baudrate: 9600,
      parity: "none",
    },
  ]);
  assert.ok(wire.requests.entries.every((request) => request.kind === "read"));
});

Deno.test("scan prints a working configuration, and nothing else, to standard output", async () => {
  const meters = [new SimulatedMeter({ unit: 3 }), new SimulatedMeter({ unit: 12, model: "em300" })];
  await using wire = SimulatedLine.open(meters, { paced: false });
  const serialPort = wire.path ?? "";
  const baudrates = [115_200];
  const { code, out, err } = await run({
    serialPort,
    baudrates,
    parities: ["even"],
    units: [3, 12],
    timeoutMs: 5_000,
    json: false,
  });
  assert.equal(code, 0);
  assert.match(err, /^unit 3 +EM580 +code \d+ +serial number \S+\nunit 12 +EM300\/ET300 /);
  assert.ok(out.includes("      - { name: evse-3, powermeter_device_id: 3 } # EM580 "), out);
  const folder = await Deno.makeTempDir();
  const config = `${folder}/site.yaml`;
  await Deno.writeTextFile(config, out);
  const settings = loadConfig(out, { path: config, env: () => undefined });
  assert.deepEqual(settings.warnings, []);
  const [line] = settings.lines;
  assert.deepEqual([line?.endpoint, line?.baudrate, line?.parity], [
    { kind: "serial", path: serialPort },
    115_200,
    "even",
  ]);
  const read = await runCommand(["read", "--config", config]);
  assert.deepEqual([read.code, read.err], [0, ""]);
  assert.match(read.out, /^evse-3 [^]*^evse-12 /m);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("scan reports suspected faults in the settings and the wiring of a meter", async () => {
  const settings = { 0x1103: 0, 0x1104: 0, 0x1105: 3 };
  await using wire = SimulatedLine.open([new SimulatedMeter({ unit: 1, model: "em300", variant: { settings } })], {
    paced: false,
  });
  const serialPort = wire.path ?? "";
  const { err } = await run({ serialPort, units: [1], timeoutMs: 5_000, json: false });
  assert.match(
    err,
    /^ {2}unit 1: register 1103h is 0: measurement mode A .*\n {2}unit 1: register 1105h is 3: .*wrong con/m,
  );
  const { out } = await run({ serialPort, units: [1], timeoutMs: 5_000 });
  assert.equal(JSON.parse(out).wiring.length, 2);
});

Deno.test("scan finds the meters behind a gateway, with the framing that it uses", async () => {
  const meter = new SimulatedMeter({ unit: 2 });
  await using wire = SimulatedLine.open([meter], { paced: false });
  const serial = { path: wire.path ?? "", baudrate: 115200, parity: "none", stopBits: 1, rtscts: false } as const;
  const listen = { kind: "tcp", host: "127.0.0.1", port: 0 } as const;
  const bridge = await serveSerialPort({ serial, listen }, { log: silentLog });
  assert.ok(bridge.address.kind === "tcp");
  const { port } = bridge.address;
  for (const kind of ["tcp", "modbus-tcp"] as const) {
    const endpoint = { kind, host: "127.0.0.1", port };
    const { code, out } = await run({ endpoint, units: [2] });
    assert.equal(code, 0);
    const { unit, serial_number, baudrate } = JSON.parse(out);
    assert.deepEqual([unit, serial_number, baudrate], [2, meter.serialNumber, undefined]);
    const config = await run({ endpoint, units: [2], json: false });
    assert.match(config.out, new RegExp(`gateway: tcp://127.0.0.1:${port}\n`));
  }
  const held = await Deno.connect({ port });
  await held.write(Uint8Array.of(0));
  const busy = await run({ endpoint: { kind: "tcp", host: "127.0.0.1", port }, units: [2] });
  assert.equal(busy.code, 3);
  assert.match(busy.err, /a running service may use it: stop the service first/);
  held.close();
  await bridge.close();
});

Deno.test("scan tries settings of the line until a meter answers", async () => {
  await using far = new ScriptedLine(() => undefined);
  const { code, err } = await run({
    serialPort: far.path,
    units: [1],
    baudrates: [9600, 19_200],
    parities: ["none", "odd"],
    timeoutMs: 50,
  }, { errIsTerminal: true });
  assert.equal(code, 1);
  assert.deepEqual([...err.matchAll(/at (\d+) baud, parity (\w+)/g)].map(([, rate, parity]) => [rate, parity]), [
    ["9600", "none"],
    ["9600", "odd"],
    ["19200", "none"],
    ["19200", "odd"],
  ]);
  assert.match(err, /No meter answered/);
});

Deno.test("scan draws one progress line with an estimate on a terminal, and removes it", async () => {
  await using far = new ScriptedLine(() => undefined);
  const { err } = await run({ serialPort: far.path, units: [1, 2], timeoutMs: 50 }, { errIsTerminal: true });
  const shown = err.split("\r\x1b[K");
  assert.equal(shown[0], "0 of 2 units tried, 0 meters found, at most 1 s left: unit 1 at 9600 baud, parity none");
  assert.match(shown[1] ?? "", /^1 of 2 units tried, .* unit 2 at 9600 baud, parity none$/);
  assert.match(shown[2] ?? "", /^No meter answered/);
});

Deno.test("scan reports a device that is not a meter, and damaged answers", async () => {
  await using far = new ScriptedLine((request) =>
    request.startsWith("01") ? "018402c2c1" : request.startsWith("02") ? "0204020144ffff" : undefined
  );
  const { code, out, err } = await run({ serialPort: far.path, units: [1, 2, 3], timeoutMs: 1000 });
  assert.deepEqual([code, out], [1, ""]);
  assert.match(err, /Unit 1 answers, but is not a Carlo Gavazzi meter: .*illegal data address/);
  assert.match(err, /Unit 2: .*without a valid checksum/);
  assert.doesNotMatch(err, /unit 3/);
  assert.match(err, /^No known meter was found\. But unit 1 answered, so the wiring and the settings /m);
  assert.doesNotMatch(err, /No meter answered/);
});

Deno.test("scan reports a damaged answer if no answer follows it", async () => {
  await using far = new ScriptedLine((_request, _send, nth) => nth === 1 ? "0204020144ffff" : undefined);
  const { code, err } = await run({ serialPort: far.path, units: [2], timeoutMs: 400 });
  assert.equal(code, 1);
  assert.match(err, /Unit 2: .*without a valid checksum/);
});

Deno.test("scan retries if the first answer is damaged", async () => {
  const meter = new SimulatedMeter({ unit: 2 });
  await using wire = SimulatedLine.open([meter], { paced: false });
  wire.misbehave({ kind: "bad_crc" }, { unit: 2, times: 2 });
  const { code, out } = await run({ serialPort: wire.path ?? "", units: [2] });
  assert.deepEqual([code, JSON.parse(out).serial_number], [0, meter.serialNumber]);
});

Deno.test("scan exits with 3 if the port is missing or disappears", async () => {
  const missing = await run({ serialPort: "/dev/ttyUSB987" });
  assert.equal(missing.code, 3);
  assert.match(missing.err, /there is no such device/);

  const terminal = openPseudoTerminal();
  const running = run({ serialPort: terminal.path, timeoutMs: 2000 });
  await terminal.read(new Uint8Array(64));
  await terminal.close();
  const gone = await running;
  assert.equal(gone.code, 3);
  assert.match(gone.err, /gone|unplugged|hung up/);
});

Deno.test("scan exits with 130 when it is interrupted", async () => {
  await using far = new ScriptedLine(() => interrupt.abort());
  const interrupt = new AbortController();
  const { code } = await run({ serialPort: far.path }, { interrupted: interrupt.signal });
  assert.equal(code, 130);
});

Deno.test("an interrupted scan prints the meters found so far", async () => {
  const interrupt = new AbortController();
  await using wire = SimulatedLine.open([new SimulatedMeter({ unit: 1 })], { paced: false });
  const second = wire.requests.next(({ unit }) => unit === 2);
  const scanning = run({ serialPort: wire.path ?? "", units: [1, 2, 3], timeoutMs: 1000, json: false }, {
    interrupted: interrupt.signal,
  });
  await second;
  interrupt.abort();
  const { code, out } = await scanning;
  assert.equal(code, 130);
  assert.match(out, /^ {6}- \{ name: evse-1, powermeter_device_id: 1 \}/m);
});

Deno.test("scan, simulate and bridge accept the baud rates of a configuration and no others", async () => {
  const commands = [
    ["scan", "--serial-port", "/dev/ttyUSB987"],
    ["bridge", "--serial-port", "/dev/ttyUSB987", "--listen", "tcp://127.0.0.1:0"],
    ["simulate", "--link", "/nowhere/meters"],
  ];
  for (const command of commands) {
    for (const rate of ["9601", "301", "921601", "fast", ""]) {
      const { code, err } = await runCommand([...command, "--baudrate", rate]);
      assert.equal(code, 2, `${command} ${rate}`);
      assert.match(err, /--baudrate.* is invalid. Allowed: 300, 600, 1200, .*, 460800, 921600\./);
    }
    assert.equal((await runCommand([...command, "--baudrate", "460800"])).code, 3);
  }
  assert.equal((await runCommand(["scan", "--serial-port", "/dev/ttyUSB987", "--baudrate", "9600,9601"])).code, 2);
});

Deno.test("scan has options for RTS, and reports if the port does not support them", async () => {
  await using far = new ScriptedLine(() => undefined);
  const rs485 = { direction: "rts", delayBeforeMs: 0, delayAfterMs: 0 } as const;
  for (const [rts, key] of [[{ rts: "off" }, "rts"], [{ rs485 }, "rs485"]] as const) {
    const { code, err } = await run({ serialPort: far.path, rts });
    assert.equal(code, 3);
    assert.ok(err.includes(`remove ${key} from the configuration of this line`), err);
  }
});

Deno.test("scan without a port lists the ports of this machine, and refuses both a port and a gateway", async () => {
  const { code, out, err } = await runCommand(["scan"]);
  assert.deepEqual([code, out], [2, ""]);
  assert.match(err, /^Name (one of these ports|a port) with --serial-port, or a gateway with --gateway/);
  assert.equal((await runCommand(["scan", "--serial-port", "/dev/x", "--gateway", "tcp://h:1"])).code, 2);
  const wrong = await runCommand(["scan", "--gateway", "http://h:1"]);
  assert.equal(wrong.code, 2);
  assert.match(wrong.err, /--gateway <address>' argument 'http:\/\/h:1' is invalid. Allowed: unix:PATH, tcp:/);
});

import assert from "node:assert/strict";
import { openPseudoTerminal } from "../../bridge/mod.ts";
import { scan, type ScanArguments } from "../../src/cli/scan.ts";
import { SimulatedLine, SimulatedMeter } from "../../src/simulator/mod.ts";
import { runCommand } from "../support/run_command.ts";
import { ScriptedLine } from "../support/scripted_line.ts";

const units = [1, 2, 3, 4, 5];

async function run(args: Partial<ScanArguments> & { serialPort: string }, interrupted = new AbortController().signal) {
  const written = { out: "", err: "" };
  const defaults = { baudrates: [9600], parities: ["none"] as const, units, timeoutMs: 400, json: true };
  const code = await scan({ ...defaults, ...args }, {
    out: (text) => written.out += text,
    err: (text) => written.err += text,
    interrupted,
  });
  return { code, ...written };
}

Deno.test("scan finds the meters of a line, one JSON object a line, and writes nothing to them", async () => {
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
      baudrate: 9600,
      parity: "none",
    },
    {
      unit: 4,
      model: "EM300/ET300",
      identification_code: 331,
      serial_number: meters[1]?.serialNumber,
      baudrate: 9600,
      parity: "none",
    },
  ]);
  assert.ok(wire.requests.entries.every((request) => request.kind === "read"));
});

Deno.test("scan prints what belongs into a configuration for people", async () => {
  await using wire = SimulatedLine.open([new SimulatedMeter({ unit: 3 })], { paced: false });
  const serialPort = wire.path ?? "";
  const { code, out } = await run({ serialPort, baudrates: [115_200], parities: ["even"], json: false });
  assert.equal(code, 0);
  assert.match(out, /^unit 3 +EM580 +code \d+ +serial number \S+\n/);
  assert.ok(out.includes(`    serial_port: ${serialPort}\n    baudrate: 115200\n    parity: even\n`), out);
  assert.ok(out.includes("      - { name: evse-3, powermeter_device_id: 3 } # EM580 "), out);
});

Deno.test("scan tries the next settings of the line until some bring a meter", async () => {
  await using far = new ScriptedLine(() => undefined);
  const { code, err } = await run({
    serialPort: far.path,
    units: [1],
    baudrates: [9600, 19_200],
    parities: ["none", "odd"],
  });
  assert.equal(code, 1);
  assert.deepEqual([...err.matchAll(/at (\d+) baud, parity (\w+)/g)].map(([, rate, parity]) => [rate, parity]), [
    ["9600", "none"],
    ["9600", "odd"],
    ["19200", "none"],
    ["19200", "odd"],
  ]);
  assert.match(err, /no meter answered/);
});

Deno.test("scan tells every 25 units how far it is", async () => {
  const many = Array.from({ length: 55 }, (_, index) => index + 1);
  await using wire = SimulatedLine.open(many.map((unit) => new SimulatedMeter({ unit })), { paced: false });
  // Refusals, since silence would take its time
  for (const unit of many.filter((unit) => unit !== 3)) {
    wire.misbehave({ kind: "exception", exception: 2 }, { unit, times: 1e6 });
  }
  const { code, err } = await run({ serialPort: wire.path ?? "", units: many });
  assert.equal(code, 0);
  assert.deepEqual(err.split("\n").filter((line) => line.includes("units asked")), [
    "  25 of 55 units asked, 1 meter found",
    "  50 of 55 units asked, 1 meter found",
  ]);
});

Deno.test("scan tells of a device that answers and is no meter, and of damaged answers", async () => {
  await using far = new ScriptedLine((request) =>
    request.startsWith("01") ? "018402c2c1" : request.startsWith("02") ? "0204020144ffff" : undefined
  );
  const { code, out, err } = await run({ serialPort: far.path, units: [1, 2, 3] });
  assert.deepEqual([code, out], [1, ""]);
  assert.match(err, /unit 1 answers, but is no Carlo Gavazzi meter: .*illegal data address/);
  assert.match(err, /unit 2: .*without a right checksum/);
  assert.doesNotMatch(err, /unit 3/);
});

Deno.test("scan ends with 3 where there is no port, and where it goes away", async () => {
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

Deno.test("scan ends with 130 when it is interrupted", async () => {
  await using far = new ScriptedLine(() => interrupt.abort());
  const interrupt = new AbortController();
  const { code } = await run({ serialPort: far.path }, interrupt.signal);
  assert.equal(code, 130);
});

Deno.test("scan, simulate and bridge take the baud rates of a configuration and no others", async () => {
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

Deno.test("scan takes what RTS is for, and says what the port cannot do", async () => {
  await using far = new ScriptedLine(() => undefined);
  const rs485 = { direction: "rts", delayBeforeMs: 0, delayAfterMs: 0 } as const;
  for (const [rts, key] of [[{ rts: "off" }, "rts"], [{ rs485 }, "rs485"]] as const) {
    const { code, err } = await run({ serialPort: far.path, rts });
    assert.equal(code, 3);
    assert.ok(err.includes(`remove ${key} from the configuration of this line`), err);
  }
});

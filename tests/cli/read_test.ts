import assert from "node:assert/strict";
import { join } from "node:path";
import { read } from "../../src/cli/read.ts";
import { serveSerialPort } from "../../bridge/mod.ts";
import { silentLog } from "../../src/base/log.ts";
import { openJournal } from "../../src/journal/mod.ts";
import { SimulatedLine, SimulatedMeter } from "../../src/simulator/mod.ts";

/** A line with three meters and a silent one, and a configuration file with all of them. */
class Bench implements AsyncDisposable {
  readonly #folder = Deno.makeTempDirSync();
  readonly config = join(this.#folder, "wattseal.yaml");
  readonly meters = [
    new SimulatedMeter({ unit: 1, load: "still" }),
    new SimulatedMeter({ unit: 2, load: "still", keyBits: 384 }),
    new SimulatedMeter({ unit: 3, load: "still", model: "em300", variant: { settings: { 0x1103: 0 } } }),
  ];
  readonly wire = SimulatedLine.open(this.meters, { paced: false, linkPath: join(this.#folder, "tty") });
  readonly #interrupt = new AbortController();

  constructor(meterLines: readonly string[], where: { serialPort?: string; gateway?: string } = {}) {
    const { serialPort = "tty", gateway } = where;
    const lines = [
      "site: berlin-01",
      "nats: { servers: [127.0.0.1:4222] }",
      "lines:",
      "  - name: rs485-1",
      gateway === undefined ? `    serial_port: ${join(this.#folder, serialPort)}` : `    gateway: ${gateway}`,
      "    baudrate: 115200",
      "    initial_timeout_ms: 500",
      "    meters:",
      ...meterLines.map((line) => `      - ${line}`),
    ];
    Deno.writeTextFileSync(this.config, lines.join("\n"));
  }

  /** Runs read and returns its exit code and output. */
  async read(args: { meter?: string; json: boolean; config?: string }) {
    const written = { out: "", err: "" };
    const code = await read({ config: this.config, ...args }, {
      out: (text) => written.out += text,
      err: (text) => written.err += text,
      env: () => undefined,
      interrupted: this.#interrupt.signal,
    });
    return { code, ...written };
  }

  /** The state folder of this configuration. */
  get stateDir(): string {
    return join(this.#folder, "state");
  }

  interrupt(): void {
    this.#interrupt.abort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.wire[Symbol.asyncDispose]();
    await Deno.remove(this.#folder, { recursive: true });
  }
}

const all = [1, 2, 3].map((unit) => `{ name: evse-${unit}, powermeter_device_id: ${unit} }`);
const silent = "{ name: evse-9, powermeter_device_id: 9, communication_retry_count: 1 }";

Deno.test("read --json prints one Powermeter with meter per line, and writes nothing to the meters", async () => {
  await using bench = new Bench(all);
  bench.meters[0]?.set({ energyImportWh: 5_000_000_001, voltageV: { L1: 230.1 } });
  const { code, out, err } = await bench.read({ json: true });
  assert.deepEqual([code, err], [0, ""]);
  const lines = out.trimEnd().split("\n").map((line) => JSON.parse(line));
  assert.deepEqual(lines.map((line) => line.meter), ["evse-1", "evse-2", "evse-3"]);
  const [first, second, third] = lines;
  assert.equal(first.energy_Wh_import.total, 5_000_000_001);
  assert.equal(first.voltage_V.L1, 230.1);
  assert.match(first.timestamp, /^\d{4}-\d\d-\d\dT[\d:]{8}\.\d{3}Z$/);
  assert.equal(second.signed_meter_value.signing_method, "ECDSA-brainpoolP384r1-SHA256");
  assert.deepEqual([third.temperatures, third.signed_meter_value], [undefined, undefined]);
  assert.ok(bench.wire.requests.entries.every((request) => request.kind === "read"));
});

Deno.test("read prints one meter as text", async () => {
  await using bench = new Bench(all);
  bench.meters[1]?.set({ voltageV: { L1: 230.1, L2: 231.2, L3: 229 }, phaseSequence: -1 });
  const { code, out } = await bench.read({ meter: "evse-2", json: false });
  assert.equal(code, 0);
  assert.match(out, new RegExp(`^evse-2  EM580 ${bench.meters[1]?.serialNumber}`));
  assert.match(out, /L1 230\.1 {2}L2 231\.2 {2}L3 229 {2}V/);
  assert.match(out, /two phases are swapped/);
  assert.ok(!out.includes("evse-1"));
});

Deno.test("read prints extended values if they are configured", async () => {
  await using bench = new Bench(["{ name: evse-1, powermeter_device_id: 1, extended_values: true }"]);
  const { out } = await bench.read({ json: false });
  assert.match(out, /^ {2}energy import +\d+ Wh {2}\(L1 \d+ {2}L2 \d+ {2}L3 \d+\)\n {2}energy export +\d+ Wh\n/m);
  assert.match(out, /^ {2}voltage .*\n {17}L1-L2 [\d.]+ {2}L2-L3 [\d.]+ {2}L3-L1 [\d.]+ {2}V\n/m);
  assert.match(out, /^ {2}apparent power [\d.]+ VA {2}\(L1 .*\n {2}power factor {3}1 {2}\(L1 1 {2}L2 1 {2}L3 1\)\n/m);
});

Deno.test("read shows suspected wiring faults of a meter", async () => {
  await using bench = new Bench(all);
  const { out } = await bench.read({ meter: "evse-3", json: false });
  assert.match(out, /^ {2}wiring +register 1103h is 0: measurement mode A counts export as import/m);
});

Deno.test("read exits with 1 if a meter is silent, and reads the others", async () => {
  await using bench = new Bench([silent, ...all]);
  const { code, out, err } = await bench.read({ json: true });
  assert.equal(code, 1);
  assert.equal(out.trimEnd().split("\n").length, 3);
  assert.match(err, /^Cannot read meter evse-9: .*000Bh.* unit 9 on line rs485-1/);
});

Deno.test("read exits with 2 for an unknown meter, and for a missing or invalid configuration", async () => {
  await using bench = new Bench(all);
  const unknown = await bench.read({ meter: "evse-7", json: true });
  assert.equal(unknown.code, 2);
  assert.match(unknown.err, /Unknown meter evse-7: .* has evse-1, evse-2, evse-3/);
  assert.equal((await bench.read({ json: true, config: "/no/such/file.yaml" })).code, 2);
  await using wrong = new Bench(["{ name: evse-1, powermeter_device_id: 0 }"]);
  assert.equal((await wrong.read({ json: true })).code, 2);
});

Deno.test("read exits with 3 if the device cannot be opened", async () => {
  await using bench = new Bench(all, { serialPort: "no-such-tty" });
  const { code, out, err } = await bench.read({ json: true });
  assert.deepEqual([code, out], [3, ""]);
  assert.match(err, /^Cannot open line rs485-1: .*no-such-tty/);
});

Deno.test("read exits with 130 when it is interrupted", async () => {
  await using bench = new Bench(["{ name: evse-9, powermeter_device_id: 9, communication_retry_delay_ms: 10000 }"]);
  const reading = bench.read({ json: true });
  await bench.wire.requests.next();
  bench.interrupt();
  assert.deepEqual(await reading, { code: 130, out: "", err: "" });
});

/** A gateway to the meters of a bench; it serves one client. */
async function gatewayTo({ wire }: Bench) {
  const serial = { path: wire.path ?? "", baudrate: 115200, parity: "none", stopBits: 1, rtscts: false } as const;
  const listen = { kind: "tcp", host: "127.0.0.1", port: 0 } as const;
  const bridge = await serveSerialPort({ serial, listen }, { log: silentLog });
  assert.ok(bridge.address.kind === "tcp");
  return { bridge, port: bridge.address.port };
}

Deno.test("read reports that a running service uses a gateway for one client", async () => {
  const [first = ""] = all;
  await using behind = new Bench(all);
  const { bridge, port } = await gatewayTo(behind);
  await using bench = new Bench([first], { gateway: `tcp://127.0.0.1:${port}` });
  const journal = openJournal(bench.stateDir, { now: Date.now });
  const service = await Deno.connect({ port });
  await service.write(Uint8Array.of(0));
  const { code, err } = await bench.read({ json: false });
  assert.equal(code, 1);
  assert.match(
    err,
    /A running service uses the state folder .*state, and so the gateway of line rs485-1, and most gate/,
  );
  service.close();
  journal.close();
  await bridge.close();
});

Deno.test("read detects that a gateway uses the other framing", async () => {
  const [first = ""] = all;
  await using behind = new Bench(all);
  const { bridge, port } = await gatewayTo(behind);
  const address = `127.0.0.1:${port}`;
  await using bench = new Bench([first], { gateway: `modbus-tcp://${address}` });
  const { code, err } = await bench.read({ json: false });
  assert.equal(code, 1);
  const [problem, hint] = err.split("\n");
  assert.match(problem ?? "", /no answer .* whether the gateway passes RTU frames through \(tcp:\/\/\)$/);
  assert.equal(hint, `Line rs485-1 answers as tcp://${address}: use this address instead of modbus-tcp://${address}`);
  await bridge.close();
});

import assert from "node:assert/strict";
import { join } from "node:path";
import { crc16 } from "../../src/modbus/mod.ts";
import { readRaw } from "../../src/cli/read_raw.ts";
import { openJournal } from "../../src/journal/mod.ts";
import { meterModels, modelRegisters } from "../../src/meter/mod.ts";
import { SimulatedLine, SimulatedMeter, type SimulatedMeterOptions, type Wiring } from "../../src/simulator/mod.ts";

/** A line with meters, and a configuration file with the units to read. */
class Bench implements AsyncDisposable {
  readonly #folder = Deno.makeTempDirSync();
  readonly meters: readonly SimulatedMeter[];
  readonly wire: SimulatedLine;
  readonly #config = join(this.#folder, "wattseal.yaml");

  constructor(meters: readonly SimulatedMeterOptions[], units: readonly number[], wiring?: Wiring) {
    this.meters = meters.map((options) => new SimulatedMeter({ load: "still", ...options }));
    this.wire = SimulatedLine.open(this.meters, {
      paced: false,
      linkPath: join(this.#folder, "tty"),
      ...(wiring !== undefined && { wiring }),
    });
    const entries = units.map((unit) => `{ name: evse-${unit}, powermeter_device_id: ${unit} }`);
    const areAllThere = wiring === undefined && units.every((unit) => meters.some((meter) => meter.unit === unit));
    // Silence and damaged answers cause timeouts: short ones. Elsewhere a busy machine may need longer for an answer.
    const timeouts = areAllThere
      ? "initial_timeout_ms: 5000, within_message_timeout_ms: 1000, "
      : "initial_timeout_ms: 300, within_message_timeout_ms: 5, ";
    Deno.writeTextFileSync(
      this.#config,
      `site: a\nlines: [{ name: l, serial_port: tty, baudrate: 115200, ${timeouts}meters: [${entries.join(", ")}] }]\n`,
    );
  }

  /** The state folder of this configuration. */
  get stateDir(): string {
    return join(this.#folder, "state");
  }

  async read(json = false) {
    const written = { out: "", err: "" };
    const code = await readRaw({ config: this.#config, json }, {
      out: (text) => written.out += text,
      err: (text) => written.err += text,
      env: () => undefined,
      interrupted: new AbortController().signal,
    });
    return { code, ...written };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.wire[Symbol.asyncDispose]();
    await Deno.remove(this.#folder, { recursive: true });
  }
}

Deno.test("read --raw shows every register of the model in hex with name and value, and writes nothing", async () => {
  await using bench = new Bench([{ unit: 1, serialNumber: "BX1234567890A" }, {
    unit: 3,
    model: "em300",
    identificationCode: 341,
  }], [1, 3]);
  bench.meters[0]?.set({ voltageV: { L1: 230.1 }, energyImportWh: 5_000_000_001 });
  const { code, out, err } = await bench.read();
  assert.deepEqual([code, err], [0, ""]);
  assert.match(out, /^evse-1 {2}unit 1 {2}\/.*tty 115200 baud 8N1 {2}Wattseal \d+\.\d+\.\d+$/m);
  assert.match(out, /^0000h {2}08FD 0000 {12}voltageL1 +230\.1 V$/m);
  assert.match(out, /^000Bh {2}0244 {17}identificationCode +580$/m);
  assert.match(out, /^0500h {2}F201 2A05 0001 0000 {2}energies\[0\]\.importWh\[0\] +5000000001 Wh$/m);
  assert.match(out, /^5000h {23}serialNumber\[0\] +"BX1234567890A"\n {2}5000h {2}4258 3132 3334 3536 3738 3930 4100$/m);
  assert.match(out, /^7110h {23}ocmfFile +empty$/m);
  for (const model of meterModels.filter(({ name }) => name === "em580" || name === "em300")) {
    for (const { name } of modelRegisters({ model, wordOrder: "low_first" }, 256)) {
      assert.ok(out.includes(` ${name}`), name);
    }
  }
  assert.ok(bench.wire.requests.entries.every((request) => request.kind === "read"));
});

Deno.test("read --raw shows each frame on the wire", async () => {
  await using bench = new Bench([{ unit: 1, model: "em300", identificationCode: 341 }], [1]);
  const { out } = await bench.read();
  const frames = [...out.matchAll(/^ +(\d+\.\d) ([<>]) ([0-9A-F ]+)$/gm)].map(([, at, way, bytes = ""]) => ({
    at: Number(at),
    way,
    bytes: Uint8Array.fromHex(bytes.replaceAll(" ", "")),
  }));
  assert.deepEqual([frames[0]?.way, frames[0]?.bytes.toHex()], [">", "0104000b00014008"]);
  assert.deepEqual([frames[1]?.way, frames[1]?.bytes.toHex()], ["<", "0104020155789f"]);
  assert.ok(frames.length > 40 && frames.every(({ at }, index) => at >= (frames[index - 1]?.at ?? 0)));
  for (const { bytes } of frames) {
    const end = bytes.length - 2;
    assert.equal(crc16(bytes.subarray(0, end)), (bytes[end] ?? 0) | (bytes[end + 1] ?? 0) << 8);
  }
});

Deno.test("read --raw shows the frames of silent meters, damaged answers and refusals, and exits with 1", async () => {
  await using bench = new Bench([{ unit: 2, model: "em300", identificationCode: 341 }, {
    unit: 3,
    model: "em300",
    identificationCode: 341,
  }], [1, 2, 3]);
  bench.wire.misbehave({ kind: "bad_crc" }, { unit: 2, address: 0x000b, times: 3 });
  bench.wire.misbehave({ kind: "exception", exception: 2 }, { unit: 3, address: 0x0033, times: 10 });
  const { code, out, err } = await bench.read();
  assert.equal(code, 1);
  assert.match(out, /^evse-1 .*\nframes .*\n +\d+\.\d > 01 04 00 0B 00 01 40 08\n(?:.* > 01 04 .*\n)*\n/m);
  assert.match(out, /^ +\d+\.\d < 02 04 02 01 55 (?!3C 60)/m, "the damaged answer");
  assert.match(out, /^0033h +frequency +refused with exception 2$/m);
  assert.match(err, /^Cannot read meter evse-1: .*: no answer within/m);
  assert.match(err, /^Cannot read meter evse-2: .*without a valid checksum/m);
  assert.doesNotMatch(err, /evse-3/);
});

Deno.test("read --raw shows the registers of a meter whose first answers are damaged and then lost", async () => {
  await using bench = new Bench([{ unit: 1, model: "em300" }], [1, 2]);
  bench.wire.misbehave({ kind: "bad_crc" }, { unit: 1, address: 0x000b, times: 2 });
  bench.wire.misbehave({ kind: "lose_answer" }, { unit: 1, address: 0x000b, times: 1 });
  const { code, out, err } = await bench.read();
  assert.equal(code, 1);
  assert.match(out, /^000Bh +[0-9A-F]{4} +identificationCode +\d+$/m);
  assert.match(err, /^Cannot read meter evse-1: reading 1 word at 000Bh /m);
});

Deno.test("read --raw reports that a running service uses a silent line", async () => {
  await using bench = new Bench([], [1]);
  const journal = openJournal(bench.stateDir, { now: Date.now });
  const { code, err } = await bench.read();
  assert.equal(code, 1);
  assert.match(
    err,
    /A running service uses the state folder .*state, and so the port of line l\. Stop the service first/,
  );
  journal.close();
});

Deno.test("read --raw --json prints an object for each register and each frame", async () => {
  await using bench = new Bench([{ unit: 1 }], [1]);
  const rows = (await bench.read(true)).out.trimEnd().split("\n").map((line) => JSON.parse(line));
  assert.deepEqual(rows.find(({ name }) => name === "ocmfState"), {
    meter: "evse-1",
    register: "7100",
    name: "ocmfState",
    words: "0000",
    value: "0",
  });
  assert.deepEqual(Object.keys(rows.at(-1)), ["meter", "at_ms", "received"]);
  assert.ok(rows.some(({ name, words }) => name === "publicKeyPoint" && words.startsWith("04")));
});

/** How many registers have words, and how many have a damaged answer. */
function outcomes(out: string): { good: number; damaged: number } {
  const rows = out.split("\n").filter((line) => /^[0-9A-F]{4}h /.test(line));
  const damaged = rows.filter((line) => line.endsWith("answer with a wrong checksum")).length;
  const silent = rows.filter((line) => line.endsWith("no answer")).length;
  return { good: rows.length - damaged - silent, damaged };
}

const received = (out: string) => out.split("\n").filter((line) => /^ +\d+\.\d < /.test(line)).length;

Deno.test("read --raw distinguishes swapped wires, a duplicate unit id and a missing termination", async () => {
  const meters = [{ unit: 1, model: "em300" }];
  {
    await using bench = new Bench(meters, [1], { kind: "swapped" });
    const { code, out, err } = await bench.read();
    assert.deepEqual([code, received(out)], [1, 0], "nothing comes back");
    assert.match(err, /no answer within/);
  }
  {
    const second = new SimulatedMeter({ unit: 1, model: "em300", serialNumber: "ZZ98765", load: "still", seed: 9 });
    await using bench = new Bench(meters, [1], { kind: "doubled", second });
    const { code, out } = await bench.read();
    const { good, damaged } = outcomes(out);
    assert.ok(code === 1 && damaged > 3 * good && received(out) > 10, out);
  }
  {
    await using bench = new Bench(meters, [1], { kind: "unterminated" });
    const { out } = await bench.read();
    const { good, damaged } = outcomes(out);
    assert.ok(good > damaged && damaged > 0, out);
  }
});

import assert from "node:assert/strict";
import { join } from "node:path";
import { openJournalReader, type StoredRecord } from "../../src/journal/mod.ts";
import { SimulatedLine, SimulatedMeter, type SimulatedMeterOptions } from "../../src/simulator/mod.ts";
import { runCommand } from "../support/run_command.ts";
import { CommandProcess } from "../support/start_process.ts";
import { leaveRecord } from "./leave_record.ts";

const ocmfState = 0x7100;
const ocmfFile = 0x7110;

/** A meter on a line, and the configuration file of a stopped service. */
class Bench implements AsyncDisposable {
  readonly folder = Deno.makeTempDirSync({ prefix: "wattseal-test-" });
  readonly meter: SimulatedMeter;
  readonly line: SimulatedLine;
  readonly config = join(this.folder, "site.yaml");

  constructor(options: Partial<SimulatedMeterOptions> = {}) {
    this.meter = new SimulatedMeter({ unit: 1, load: "still", closingMs: 0, ...options });
    this.line = SimulatedLine.open([this.meter], { paced: false, linkPath: join(this.folder, "tty") });
    Deno.writeTextFileSync(
      this.config,
      `site: test
nats: { servers: ["127.0.0.1:1"] }
lines:
  - name: rs485-1
    serial_port: ./tty
    baudrate: 115200
    initial_timeout_ms: 500
    meters: [{ name: evse-1, powermeter_device_id: 1, communication_retry_delay_ms: 50, public_key_format: der }]
`,
    );
  }

  /** Runs a transaction on the meter, up to RUNNING or READY. */
  async transact(id: string, until: "RUNNING" | "READY"): Promise<void> {
    await leaveRecord(this.line.path, id, until);
    assert.equal(this.meter.ocmfState, until);
  }

  fetch(...args: string[]): Promise<{ code: number; out: string; err: string }> {
    return runCommand(["journal", "fetch", "--config", this.config, "--meter", "evse-1", ...args]);
  }

  records(): StoredRecord[] {
    const reader = openJournalReader(join(this.folder, "state"));
    try {
      return reader.records();
    } finally {
      reader.close();
    }
  }

  /** The written registers, in order. */
  get written(): string[] {
    return this.line.requests.entries.filter(({ kind }) => kind === "write").map(({ address }) => address.toString(16));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.line[Symbol.asyncDispose]();
    Deno.removeSync(this.folder, { recursive: true });
  }
}

Deno.test("journal fetch stores the record of a READY meter, then confirms it, and writes nothing else", async () => {
  await using bench = new Bench();
  await bench.transact("tx-1", "READY");
  bench.line.requests.clear();
  const stored = bench.line.requests.next(({ kind }) => kind === "write").then(() => bench.records());
  const { code, out, err } = await bench.fetch("--json");
  assert.deepEqual([code, err], [0, ""]);
  assert.equal((await stored).length, 1);
  assert.deepEqual(bench.written, [ocmfState.toString(16)]);
  assert.equal(bench.meter.ocmfState, "NOT_READY");
  const result = JSON.parse(out);
  assert.deepEqual(
    [result.seq, result.meter, result.transaction_id, result.reason, result.ocmf, result.delivered_at],
    [1, "evse-1", "tx-1", "recovered", bench.meter.lastRecord, undefined],
  );
  assert.deepEqual([result.verification.signature, result.verification.session], ["valid", "ok"]);
  assert.match(result.public_key, /^30/);
});

Deno.test("journal fetch prints the explained record, and finds no record the second time", async () => {
  await using bench = new Bench();
  await bench.transact("tx-1", "READY");
  const { code, out } = await bench.fetch();
  assert.equal(code, 0);
  assert.match(out, /^Record 1\n/);
  assert.match(out, /delivered +not yet/);
  bench.line.requests.clear();
  assert.deepEqual(await bench.fetch(), { code: 0, out: "", err: "Meter evse-1 holds no record\n" });
  assert.deepEqual(bench.written, []);
});

Deno.test("journal fetch does not stop a running transaction", async () => {
  await using bench = new Bench();
  await bench.transact("tx-1", "RUNNING");
  bench.line.requests.clear();
  const { code, out, err } = await bench.fetch();
  assert.deepEqual([code, out], [1, ""]);
  assert.match(err, /A transaction is running on meter evse-1 and continues/);
  assert.deepEqual(bench.written, []);
  assert.equal(bench.meter.ocmfState, "RUNNING");
  assert.deepEqual(bench.records(), []);
});

Deno.test("journal fetch stores the content of a corrupted file and exits with 1", async () => {
  await using bench = new Bench();
  await bench.transact("tx-1", "RUNNING");
  bench.meter.corrupt();
  const { code, out } = await bench.fetch("--json");
  assert.equal(code, 1);
  assert.deepEqual([JSON.parse(out).reason, JSON.parse(out).verification.signature], ["corrupted", "malformed"]);
  assert.equal(bench.meter.ocmfState, "NOT_READY");
  assert.equal(bench.records().length, 1);
});

Deno.test("journal fetch stores a record whose confirmation fails; the next fetch does not store it twice", async () => {
  await using bench = new Bench();
  await bench.transact("tx-1", "READY");
  const refusing = bench.line.misbehave({ kind: "exception", exception: 4 }, {
    address: ocmfState,
    kind: "write",
    times: 99,
  });
  const { code, err } = await bench.fetch();
  assert.equal(code, 1);
  assert.match(err, /stored, but its confirmation to meter evse-1 failed/);
  refusing.cancel();
  assert.equal(bench.meter.ocmfState, "READY");
  assert.equal((await bench.fetch()).code, 0);
  assert.equal(bench.meter.ocmfState, "NOT_READY");
  assert.equal(bench.records().length, 1);
});

Deno.test("journal fetch stores and confirms nothing if the file cannot be read", async () => {
  await using bench = new Bench();
  await bench.transact("tx-1", "READY");
  bench.line.requests.clear();
  bench.line.misbehave({ kind: "bad_crc" }, { address: ocmfFile, kind: "read", times: 99 });
  const { code, out, err } = await bench.fetch();
  assert.deepEqual([code, out], [1, ""]);
  assert.match(err, /TIMEOUT|7110h/);
  assert.deepEqual(bench.written, []);
  assert.deepEqual(bench.records(), []);
});

Deno.test("journal fetch reports a silent meter, a meter that cannot bill, and an unknown meter", async () => {
  await using bench = new Bench();
  bench.meter.powerOff();
  const silent = await bench.fetch();
  assert.equal(silent.code, 1);
  assert.match(silent.err, /Cannot read meter evse-1/);
  await using keyless = new Bench({ keyBits: "none" });
  const unable = await keyless.fetch();
  assert.equal(unable.code, 1);
  assert.match(unable.err, /evse-1 cannot bill/);
  const unknown = await runCommand(["journal", "fetch", "--config", bench.config, "--meter", "evse-9"]);
  assert.equal(unknown.code, 2);
  assert.match(unknown.err, /has evse-1/);
});

Deno.test("journal fetch accepts a unique beginning of a meter's name", async () => {
  await using bench = new Bench();
  const fetch = (meter: string) => runCommand(["journal", "fetch", "--config", bench.config, "--meter", meter]);
  const holdsNone = { code: 0, out: "", err: "Meter evse-1 holds no record\n" };
  assert.deepEqual(await fetch("ev"), holdsNone);
  const text = await Deno.readTextFile(bench.config);
  await Deno.writeTextFile(
    bench.config,
    text.replace("meters: [", "meters: [{ name: evse-10, powermeter_device_id: 10 }, "),
  );
  assert.deepEqual(await fetch("evse-1"), holdsNone);
  const several = await fetch("ev");
  assert.deepEqual([several.code, several.out], [2, ""]);
  assert.match(several.err, /^Several meters begin with ev: .* has evse-10, evse-1$/m);
});

Deno.test("journal fetch exits with 3 if the device cannot be opened, and with 1 if the service uses the folder", async () => {
  await using bench = new Bench();
  await bench.transact("tx-1", "READY");
  await bench.line.unplug();
  const { code, err } = await bench.fetch();
  assert.equal(code, 3);
  assert.match(err, /Cannot open line rs485-1/);
  bench.line.plug();
  await using service = new CommandProcess(["start", "--config", bench.config]);
  await bench.line.requests.next();
  const locked = await bench.fetch();
  assert.equal(locked.code, 1);
  assert.match(locked.err, /another process holds/);
  service.signal("SIGTERM");
  await service.ended();
});

Deno.test("journal fetch exits with 130 when it is interrupted before it finds the meter", async () => {
  await using bench = new Bench();
  bench.meter.powerOff();
  await using fetching = new CommandProcess(["journal", "fetch", "--config", bench.config, "--meter", "evse-1"]);
  await bench.line.requests.next();
  fetching.signal("SIGINT");
  const { code, out } = await fetching.ended();
  assert.deepEqual([code, out], [130, ""]);
});

for (
  const [when, at] of [
    ["while it reads the file", { kind: "read", address: ocmfFile }],
    ["when it confirms", { kind: "write", address: ocmfState }],
  ] as const
) {
  Deno.test(`journal fetch neither loses nor duplicates a record when it is killed ${when}`, async () => {
    await using bench = new Bench();
    await bench.transact("tx-1", "READY");
    bench.line.misbehave({ kind: "lose_request" }, { ...at, times: 1 });
    const reached = bench.line.requests.next(({ kind, address }) => kind === at.kind && address === at.address);
    await using fetching = new CommandProcess(["journal", "fetch", "--config", bench.config, "--meter", "evse-1"]);
    await reached;
    fetching.signal("SIGKILL");
    await fetching.ended();
    assert.equal(bench.meter.ocmfState, "READY");
    assert.equal(bench.records().length, at.kind === "write" ? 1 : 0);
    assert.equal((await bench.fetch()).code, 0);
    assert.deepEqual(bench.records().map(({ transactionId }) => transactionId), ["tx-1"]);
    assert.equal(bench.meter.ocmfState, "NOT_READY");
  });
}

import assert from "node:assert/strict";
import { parseRequest } from "../../src/modbus/mod.ts";
import { wireTimeMs } from "../../bridge/mod.ts";
import { silentLog } from "../../src/base/log.ts";
import { LocalJournal, openJournal } from "../../src/journal/mod.ts";
import { Meter, type MeterOptions } from "../../src/meter/mod.ts";
import { SimulatedMeter } from "../../src/simulator/mod.ts";
import { AnsweredTransactions } from "./answered_transactions.ts";
import { defaults } from "../meter/rig.ts";
import { FakeTime } from "../support/fake_time.ts";
import { FakeTimeLine } from "../support/fake_time_line.ts";
import { ramFolder } from "../support/ram_folder.ts";
import { startRequest } from "./world.ts";

const wire = { baudrate: 115_200, parity: "none", stopBits: 1 } as const;

/** A duration on the wire is not a whole number of milliseconds, but the wall clock is. */
class WholeTime extends FakeTime {
  override now(): number {
    return Math.floor(super.now());
  }
}

/** Line, meter, transactions and journal, connected as in the service, with fake time. */
class Chain implements AsyncDisposable {
  readonly time = new WholeTime();
  readonly simulated = new SimulatedMeter({ unit: 1 }, { time: this.time });
  readonly journal: LocalJournal;
  readonly meter: Meter;
  readonly transactions: AnsweredTransactions;
  /** While set, one byte of each answer is wrong. */
  isDisturbed = false;
  readings = 0;
  readonly #folder = ramFolder();
  readonly #line: FakeTimeLine;
  readonly #others: readonly Meter[];
  readonly #followed: Promise<void>;

  constructor(options: Partial<MeterOptions> = {}) {
    const { time } = this;
    const other = new SimulatedMeter({ unit: 2 }, { time });
    this.#line = new FakeTimeLine(
      async (hex, _send, _nth, sleep) => {
        const parsed = parseRequest(Uint8Array.fromHex(hex));
        assert.ok(parsed.kind === "request");
        const { request } = parsed;
        const answer = this.simulated.respond(request) ?? other.respond(request);
        if (answer === undefined) return;
        await sleep(wireTimeMs(wire, request.length + answer.length) + 2);
        return (this.isDisturbed ? answer.map((byte, at) => at === 3 ? byte ^ 0x10 : byte) : answer).toHex();
      },
      { ...wire, initialTimeoutMs: 500 },
      time,
    );
    void this.#line.start();
    this.journal = new LocalJournal(openJournal(this.#folder, { now: () => time.now() }));
    const log = silentLog;
    this.meter = new Meter({ ...defaults, ...options }, this.#line, { time, log });
    // A meter that still answers keeps the line open
    this.#others = [new Meter({ ...defaults, name: "evse-2", unit: 2 }, this.#line, { time, log })];
    this.transactions = new AnsweredTransactions({
      meter: this.meter,
      journal: this.journal,
      publicKeyFormat: "binary",
      time,
      log,
    });
    this.#followed = this.#follow();
  }

  async start(transactionId: string): Promise<void> {
    for (const meter of [this.meter, ...this.#others]) meter.start();
    await this.time.advanceUntil(() => this.meter.state === "online");
    assert.equal((await this.time.run(this.transactions.start(startRequest(transactionId)))).status, "OK");
    await this.time.advance(5000);
  }

  get records(): unknown[] {
    return this.journal.records().map((
      { transactionId, reason, verdict },
    ) => [transactionId, reason, verdict?.session]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.time.run(this.transactions.close());
    await this.time.run(Promise.all([this.meter, ...this.#others].map((meter) => meter.stop())));
    await this.#followed;
    await this.time.run(this.#line.close());
    this.journal.close();
    Deno.removeSync(this.#folder, { recursive: true });
  }

  async #follow(): Promise<void> {
    for await (const event of this.meter.events) {
      if (event.kind === "reading") this.readings++;
      if (event.kind === "identified" || event.kind === "recognised") void this.transactions.recover();
      if (event.kind === "ocmf_state") this.transactions.observe(event.state);
    }
  }
}

Deno.test("MeterTransactions.stop right after three damaged answers ends the transaction, and readings continue soon", async () => {
  await using chain = new Chain();
  const { time, meter, transactions } = chain;
  await chain.start("tx-1");
  chain.isDisturbed = true;
  await time.advanceUntil(() => meter.state === "offline");
  chain.isDisturbed = false;
  const before = chain.readings;
  const offlineAtMs = time.mono();
  assert.equal((await time.run(transactions.stop({ transaction_id: "tx-1" }))).status, "OK");
  assert.deepEqual(chain.records, [["tx-1", "stopped", "ok"]]);
  await time.advanceUntil(() => chain.readings > before);
  assert.ok(time.mono() - offlineAtMs < 3000, `the next reading came after ${time.mono() - offlineAtMs} ms`);
});

/** Settings with which no read fails during a restart of the meter, and the OCMF state is not read. */
const blind = { communicationRetryCount: 20, monitorTransactionState: false } as const;

Deno.test("MeterTransactions fetches the record of a meter after an undetected restart, with the reason power loss", async () => {
  await using chain = new Chain(blind);
  await chain.start("tx-1");
  chain.simulated.powerOff();
  await chain.time.advance(6000);
  chain.simulated.powerOn();
  await chain.time.advanceUntil(() => chain.records.length > 0, 10_000);
  assert.deepEqual(chain.records, [["tx-1", "power_loss", "ok"]]);
  assert.deepEqual(chain.transactions.current, { state: "finished", transactionId: "tx-1" });
  assert.equal(chain.meter.faults.has("CommunicationError"), false);
  const answer = await chain.time.run(chain.transactions.stop({ transaction_id: "tx-1" }));
  assert.match(answer.warnings?.join() ?? "", /after a power loss at .*; no record contains the energy after that$/);
});

Deno.test("MeterTransactions.stop of a meter that has just restarted warns of the power loss", async () => {
  await using chain = new Chain(blind);
  await chain.start("tx-1");
  chain.simulated.powerCycle();
  const answer = await chain.time.run(chain.transactions.stop({ transaction_id: "tx-1" }));
  assert.deepEqual(chain.records, [["tx-1", "power_loss", "ok"]]);
  assert.match(answer.warnings?.join() ?? "", /after a power loss/);
});

import assert from "node:assert/strict";
import { parseRequest } from "../../src/modbus/mod.ts";
import { wireTimeMs } from "../../bridge/mod.ts";
import type { Log } from "../../src/base/log.ts";
import { Meter, type MeterEvent } from "../../src/meter/mod.ts";
import { SimulatedMeter, type SimulatedMeterOptions } from "../../src/simulator/mod.ts";
import { FakeTime } from "../support/fake_time.ts";
import { FakeTimeLine } from "../support/fake_time_line.ts";
import { defaults } from "./rig.ts";

const wire = { baudrate: 115_200, parity: "none", stopBits: 1 } as const;
/** Duration of a restart. */
const restartMs = 6000;

/** A meter whose repeats last longer than a restart, with the monitor off and a running transaction. */
class Session {
  readonly time = new FakeTime();
  readonly simulated: SimulatedMeter;
  readonly meter: Meter;
  readonly events: MeterEvent[] = [];
  readonly warnings: string[] = [];
  readonly #line: FakeTimeLine;
  readonly #others: readonly Meter[];

  /** @param alone without another meter that answers, the line is reopened in the meantime */
  constructor({ alone = false, ...options }: Partial<SimulatedMeterOptions> & { alone?: boolean } = {}) {
    this.simulated = new SimulatedMeter({ unit: 1, ...options }, { time: this.time });
    const other = new SimulatedMeter({ unit: 2 }, { time: this.time });
    this.#line = new FakeTimeLine(
      async (hex, _send, _nth, sleep) => {
        const parsed = parseRequest(Uint8Array.fromHex(hex));
        assert.ok(parsed.kind === "request");
        const answer = this.simulated.respond(parsed.request) ?? other.respond(parsed.request);
        if (answer === undefined) return;
        await sleep(wireTimeMs(wire, parsed.request.length + answer.length) + 2);
        return answer.toHex();
      },
      { ...wire, initialTimeoutMs: 500 },
      this.time,
    );
    void this.#line.start();
    const nothing = () => {};
    const log: Log = { error: nothing, warn: (text) => this.warnings.push(text), info: nothing, debug: nothing };
    const settings = { ...defaults, communicationRetryCount: 20, monitorTransactionState: false };
    this.meter = new Meter(settings, this.#line, { time: this.time, log });
    this.#others = alone ? [] : [new Meter({ ...settings, unit: 2 }, this.#line, { time: this.time, log })];
    for (const meter of this.#others) meter.start();
    void this.#collect();
  }

  async begin(): Promise<void> {
    this.meter.start();
    await this.time.advanceUntil(() => this.meter.state === "online");
    await this.time.run(this.meter.begin());
    assert.equal(this.simulated.ocmfState, "RUNNING");
    this.meter.monitor(true);
    await this.time.advance(10_000);
  }

  async restart(): Promise<void> {
    this.simulated.powerOff();
    await this.time.advance(restartMs);
    this.simulated.powerOn();
    await this.time.advance(10_000);
  }

  /** The OCMF states that were reported. */
  get states(): string[] {
    return this.events.flatMap((event) => event.kind === "ocmf_state" ? [event.state] : []);
  }

  async end(): Promise<void> {
    await this.time.run(Promise.all([this.meter, ...this.#others].map((meter) => meter.stop())));
    await this.time.run(this.#line.close());
  }

  async #collect(): Promise<void> {
    for await (const event of this.meter.events) this.events.push(event);
  }
}

Deno.test("Meter reads the OCMF state after a restart that repeats have hidden, even with the monitor off", async () => {
  for (const [powerLoss, state] of [["closes", "READY"], ["keeps_running", "RUNNING"]] as const) {
    const session = new Session({ powerLoss });
    await session.begin();
    assert.deepEqual(session.states, [], "nobody asks while nothing was missing");
    await session.restart();
    assert.deepEqual(session.states, [state]);
    assert.equal(session.meter.faults.has("CommunicationError"), false, "no read has failed");
    assert.equal(session.meter.state, "online");
    await session.end();
  }
});

Deno.test("Meter also reads the OCMF state after its line was reopened", async () => {
  const session = new Session({ alone: true, powerLoss: "keeps_running" });
  await session.begin();
  await session.restart();
  assert.ok(session.events.some(({ kind }) => kind === "recognised"));
  assert.deepEqual(session.states, ["RUNNING"]);
  assert.match(session.warnings.join("\n"), /The meter has restarted/);
  await session.end();
});

Deno.test("Meter sets the time after a restart and after the end of the continued transaction", async () => {
  const session = new Session({ powerLoss: "keeps_running" });
  await session.begin();
  const begun = session.simulated.clock.synchronised;
  await session.restart();
  assert.deepEqual([begun, session.simulated.clock.synchronised], [true, false]);
  assert.match(
    session.warnings.join("\n"),
    /The meter has restarted: its time status \(7060h\) was 1 .* and is 0 now/,
  );
  await session.time.advance(61_000);
  assert.equal(session.simulated.clock.synchronised, false, "never while a transaction runs");
  await session.time.run(session.meter.end());
  await session.time.advance(61_000);
  assert.equal(session.simulated.clock.synchronised, true);
  await session.restart();
  await session.time.advance(60_000);
  assert.equal(session.simulated.clock.synchronised, true, "without a transaction within a minute");
  assert.equal(session.warnings.filter((text) => text.startsWith("The meter has restarted")).length, 2);
  await session.end();
});

import assert from "node:assert/strict";
import { type Log, silentLog } from "../../src/base/log.ts";
import { wireTimeMs } from "../../bridge/mod.ts";
import type { LineSettings } from "../../src/config/mod.ts";
import {
  type IntervalPayload,
  intervalSchema,
  type NodeStatusPayload,
  nodeStatusSchema,
} from "../../src/contract/mod.ts";
import { IntervalStore } from "../../src/interval/mod.ts";
import { LocalJournal, openJournal } from "../../src/journal/mod.ts";
import { sessionOver } from "../../src/line/line_session.ts";
import { Line } from "../../src/line/mod.ts";
import { ModbusClient } from "../../src/line/modbus_client.ts";
import { parseRequest } from "../../src/modbus/mod.ts";
import { SimulatedMeter } from "../../src/simulator/mod.ts";
import { openSpool } from "../../src/spool/mod.ts";
import { type AppliedChanges, Station, StationChanges } from "../../src/station/mod.ts";
import { endpointText } from "../../src/base/endpoint.ts";
import { MemoryTransport } from "../contract/memory_transport.ts";
import { FakeHealth } from "../nats/setup.ts";
import { FakeTime } from "../support/fake_time.ts";
import { ramFolder } from "../support/ram_folder.ts";
import { ScriptedStream } from "../support/scripted_stream.ts";
import { linesOf, type ShortLines } from "./configs.ts";

const turnaroundMs = 5;

/** Faked time whose wall clock has whole milliseconds, like the real one. */
class WholeTime extends FakeTime {
  override now(): number {
    return Math.floor(super.now());
  }
}

/** A reading as it was published. */
interface Published {
  readonly meter: string;
  readonly atMs: number;
}

/** What a restart of the service leaves as it is. */
class Surroundings {
  readonly time: FakeTime = new WholeTime();
  readonly folder = ramFolder();
  /** By address: `1 on /dev/a`. */
  readonly meters = new Map<string, SimulatedMeter>();

  /** @param silent addresses without a meter */
  constructor(readonly silent: readonly string[]) {}
}

/** Lines and meters in service in faked time: simulated meters, lines in memory, a journal, a transport in memory. */
export class MemoryStation implements AsyncDisposable {
  readonly transport: MemoryTransport;
  readonly changes: StationChanges;
  readonly station: Station;
  /** Each opening of a device: `/dev/a`. */
  readonly openings: string[] = [];
  /** Each request: `1 on /dev/a`, with its time. */
  readonly requests: { readonly to: string; readonly atMs: number }[] = [];
  readonly logged: string[] = [];
  readonly journal: LocalJournal;
  readonly intervals: IntervalStore;
  readonly #open = new Set<string>();
  readonly #around: Surroundings;
  #ended = false;

  /** @param around `silent`: addresses without a meter, for example `3 on /dev/a` */
  constructor(lines: ShortLines, around: Surroundings | { readonly silent?: readonly string[] } = {}) {
    this.#around = around instanceof Surroundings ? around : new Surroundings(around.silent ?? []);
    const { time } = this;
    const log: Log = { ...silentLog, info: (message) => void this.logged.push(message) };
    this.journal = new LocalJournal(openJournal(this.#around.folder, { now: () => time.now() }));
    this.intervals = new IntervalStore(this.#around.folder, { log, time });
    this.station = new Station(linesOf(lines), {
      intervals: this.intervals,
      clockSynchronised: () => true,
      journal: this.journal,
      time,
      log,
      maySetClock: () => true,
      onJournalFailed: () => {},
      newLine: (settings) => this.#newLine(settings),
    });
    this.transport = new MemoryTransport({
      identity: { instance: "a" },
      meters: this.station.served,
      lines: () => this.station.stats(),
      waitingChanges: () => this.changes.waiting,
      journal: this.journal,
      intervals: this.intervals,
      health: new FakeHealth(),
      spool: openSpool({ mode: "off", maxAgeHours: 1, maxMb: 1, folder: "" }, { time, log }),
      time,
      log,
    });
    this.changes = new StationChanges(this.station, { transport: this.transport, journal: this.journal, log });
  }

  /** Starts, and waits until every meter is online. */
  async start(): Promise<this> {
    this.transport.start();
    await this.time.run(this.station.start(this.transport));
    await this.time.advanceUntil(() => this.station.served.every(({ meter }) => meter.state === "online"));
    return this;
  }

  get time(): FakeTime {
    return this.#around.time;
  }

  /** Ends the service, and starts another one with the same state folder and the same meters. */
  async restart(lines: ShortLines): Promise<MemoryStation> {
    await this.#end();
    return await new MemoryStation(lines, this.#around).start();
  }

  /** Puts another meter in the place of one, for example `1 on /dev/a`. */
  replace(address: string, meter: SimulatedMeter): void {
    this.#around.meters.set(address, meter);
  }

  /** The meter at an address, for example `1 on /dev/a`. */
  meterAt(address: string): SimulatedMeter {
    const meter = this.#around.meters.get(address);
    assert.ok(meter !== undefined, `no meter has answered at ${address}`);
    return meter;
  }

  /** Puts other lines into force. */
  apply(lines: ShortLines): Promise<AppliedChanges> {
    return this.time.run(this.changes.apply(linesOf(lines)));
  }

  /** Sends a request to a meter. */
  async ask(meter: string, what: string, body: object): Promise<Record<string, unknown>> {
    const answer = await this.time.run(
      this.transport.request(`wattseal.berlin-01.${meter}.${what}`, JSON.stringify(body)),
    );
    assert.ok(typeof answer === "object" && answer !== null, `nothing answers ${meter}.${what}`);
    return { ...answer };
  }

  /** Starts a transaction. */
  async charge(meter: string, id: string): Promise<void> {
    const { status, error } = await this.ask(meter, "transaction.start", {
      evse_id: "DE*TST*E1",
      transaction_id: id,
      identification_status: "ASSIGNED",
      identification_type: "ISO14443",
      identification_flags: ["RFID_PLAIN"],
    });
    assert.equal(status, "OK", String(error));
  }

  /** Stops a transaction, and checks that its record was returned. */
  async end(meter: string, id: string): Promise<void> {
    const answer = await this.ask(meter, "transaction.stop", { transaction_id: id });
    assert.equal(answer.status, "OK", String(answer.error));
    assert.match(JSON.stringify(answer), /OCMF\|/);
  }

  /** The last published status of the process. */
  get nodeStatus(): NodeStatusPayload {
    const last = this.transport.messages.findLast(({ subject }) => subject.endsWith("._node.status"));
    return nodeStatusSchema.parse(last?.payload);
  }

  /** The published readings. */
  get readings(): Published[] {
    return this.transport.messages.flatMap(({ subject, payload }) => {
      const [, meter] = /\.([^.]+)\.reading$/.exec(subject) ?? [];
      if (meter === undefined) return [];
      const { timestamp } = payload as { timestamp: string };
      return [{ meter, atMs: Date.parse(timestamp) }];
    });
  }

  /** The published intervals of a meter. */
  intervalsOf(meter: string): IntervalPayload[] {
    return this.transport.messages.filter(({ subject }) => subject === `wattseal.berlin-01.${meter}.interval`)
      .map(({ payload }) => intervalSchema.parse(payload));
  }

  /** The longest time between two readings of a meter, in milliseconds. */
  longestGapMs(meter: string): number {
    const times = this.readings.filter((reading) => reading.meter === meter).map(({ atMs }) => atMs);
    const all = [...times, this.time.now()];
    return Math.max(...all.slice(1).map((atMs, place) => atMs - (all[place] ?? atMs)));
  }

  /** The names of the meters in service, by line. */
  get inService(): Record<string, string[]> {
    return Object.fromEntries(
      this.station.inForce.map(({ name, meters }) => [name, meters.map((meter) => meter.name)]),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#ended) return;
    await this.#end();
    await Deno.remove(this.#around.folder, { recursive: true });
  }

  async #end(): Promise<void> {
    this.#ended = true;
    await this.time.run((async () => {
      await this.changes.close();
      await this.station.closeTransactions();
      await this.station.stopMeters();
      await this.station.closeLines();
      await this.transport.close();
    })());
    this.intervals.close();
    this.journal.close();
  }

  #newLine(settings: LineSettings): Line {
    const { time } = this;
    const port = endpointText(settings.endpoint);
    const stream = new ScriptedStream((request) => this.#answer(port, settings, request), time);
    const stop = stream.close.bind(stream);
    stream.close = () => {
      this.#open.delete(port);
      return stop();
    };
    return new Line(settings, {
      time,
      open: async (options, { late }) => {
        assert.ok(!this.#open.has(port), `${port} is opened while another line has it open`);
        this.#open.add(port);
        this.openings.push(port);
        await stream.open();
        return sessionOver(stream, (exchanges) => new ModbusClient(exchanges), options, time, late);
      },
    });
  }

  async #answer(port: string, settings: LineSettings, hex: string): Promise<string | undefined> {
    const { time, meters, silent } = this.#around;
    const parsed = parseRequest(Uint8Array.fromHex(hex));
    if (parsed.kind !== "request") return undefined;
    const { unit, length } = parsed.request;
    const to = `${unit} on ${port}`;
    this.requests.push({ to, atMs: time.now() });
    if (silent.includes(to)) return undefined;
    const meter = meters.get(to) ?? new SimulatedMeter({ unit, seed: meters.size + 1 }, { time });
    meters.set(to, meter);
    const answer = meter.respond(parsed.request);
    await time.sleep(wireTimeMs(settings, length) + turnaroundMs + wireTimeMs(settings, answer?.length ?? 0));
    return answer?.toHex();
  }
}

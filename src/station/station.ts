import { SerialPoll } from "../../bridge/mod.ts";
import type { HealthProblem } from "../base/health_problem.ts";
import { withFields } from "../base/log.ts";
import type { StuckLine } from "../base/stuck_line.ts";
import { LinkedAbort } from "../base/waits.ts";
import type { LineSettings } from "../config/mod.ts";
import type { LineReport, MeterFigures, ServedMeter, Transport } from "../contract/mod.ts";
import { Line } from "../line/mod.ts";
import type { AcknowledgeableFault } from "../transaction/mod.ts";
import type { MeterPlace } from "./compare_lines.ts";
import { freeGridOffset } from "./grid_place.ts";
import { arrange, StationLine } from "./station_line.ts";
import { StationMeter } from "./station_meter.ts";
import type { StationParts } from "./station_parts.ts";
import { VerdictCounts } from "./verdict_counts.ts";

/** The lines and meters in service. */
export class Station {
  readonly #parts: StationParts;
  readonly #verdicts: VerdictCounts;
  readonly #poll = new SerialPoll();
  readonly #lines = new Map<string, StationLine>();

  /**
   * Creates lines and meters. They are idle until `start`.
   *
   * @throws {JournalError} the journal cannot be read
   */
  constructor(lines: readonly LineSettings[], parts: StationParts) {
    this.#parts = parts;
    this.#verdicts = new VerdictCounts(parts.journal);
    for (const settings of lines) {
      this.#addLine(settings);
      for (const meter of settings.meters) {
        this.#addMeter({ line: settings, meter }, initialOffset(settings, meter.name));
      }
    }
  }

  /** The meters in service, for a transport. */
  get served(): ServedMeter[] {
    return this.#meters.map(({ served }) => served);
  }

  /** The settings of the lines and meters in service. */
  get inForce(): LineSettings[] {
    return [...this.#lines.values()].map(({ settings }) => settings);
  }

  /** Names of the meters that do not answer. */
  get silentMeters(): string[] {
    return this.#meters.filter(({ meter }) => meter.state !== "online").map(({ name }) => name);
  }

  /** Resolves when every meter in service was tried once. */
  async metersTried(): Promise<void> {
    await Promise.all(this.#meters.map(({ meter }) => meter.triedOnce));
  }

  /** Resolves when every meter in service was tried once, after `withinMs`, or when `signal` is aborted. */
  async triedOnce(withinMs: number, signal: AbortSignal): Promise<void> {
    using waiting = new LinkedAbort(signal);
    void this.metersTried().then(waiting.abort);
    await this.#parts.time.sleep(withinMs, waiting.signal);
  }

  /** Opens the lines and starts the meters. A line that cannot be opened is retried. */
  async start(transport: Transport): Promise<void> {
    await Promise.all([...this.#lines.values()].map((line) => line.start(transport)));
    for (const meter of this.#meters) meter.start(transport);
  }

  /** The present state of the lines and their meters. */
  stats(): LineReport[] {
    return [...this.#lines.values()].map((line) => line.report());
  }

  /** The present values of lines and meters, and the number of records since the start by verdict. */
  figures(): { lines: LineReport[]; meters: MeterFigures[]; verdicts: ReadonlyMap<string, number> } {
    const meters = this.#meters.map(({ values }) => values.figures);
    return { lines: this.stats(), meters, verdicts: this.#verdicts.counts };
  }

  /** The present problems of lines and meters. */
  problems(): HealthProblem[] {
    return [...this.#lines.values()].flatMap((line) => line.problems());
  }

  /** The lines whose loop does not turn: see `Line.checkProgress`. */
  stuckLines(): StuckLine[] {
    return [...this.#lines.values()].flatMap(({ line }) => {
      const problem = line.checkProgress();
      return problem === undefined ? [] : [{ name: line.name, problem }];
    });
  }

  /** The journal works again: what failed is retried at once. */
  resume(): void {
    for (const meter of this.#meters) meter.resume();
  }

  /** A meter in service and its line. */
  find(name: string): { readonly line: StationLine; readonly meter: StationMeter } | undefined {
    for (const line of this.#lines.values()) {
      const meter = line.meters.get(name);
      if (meter !== undefined) return { line, meter };
    }
    return undefined;
  }

  /**
   * Acknowledges a fault of a meter that stays until then.
   *
   * @returns whether the meter had it; undefined: there is no such meter
   * @throws {TransactionError}
   */
  async acknowledge(name: string, fault: AcknowledgeableFault): Promise<boolean | undefined> {
    const found = this.find(name)?.meter;
    const isRaised = found?.meter.faults.has(fault);
    if (isRaised === true) await found?.transactions.acknowledge(fault);
    return isRaised;
  }

  /**
   * Takes a meter out of service. Requests are refused from the call on.
   *
   * @param next its new place; undefined: it is no longer configured
   */
  async stopMeter(name: string, next: MeterPlace | undefined, transport: Transport): Promise<void> {
    const found = this.find(name);
    if (found === undefined) return;
    const { line, meter } = found;
    const retired = meter.retire(next !== undefined);
    if (next === undefined) await transport.withdraw(name, { forget: true });
    await retired;
    const { unit } = meter.settings;
    if (next?.line.name !== line.line.name || next.meter.unit !== unit) line.line.forgetUnit(unit);
    line.meters.delete(name);
  }

  /** Closes a line without meters. */
  async closeLine(name: string): Promise<void> {
    await this.#lines.get(name)?.line.close();
    this.#lines.delete(name);
  }

  /** Opens a line, without meters. A line that cannot be opened is retried. */
  async openLine(settings: LineSettings, transport: Transport): Promise<void> {
    await this.#addLine(settings).start(transport);
  }

  /**
   * Puts a meter into service.
   *
   * @param gridOffset its offset so far on this line; undefined: it gets a free one
   * @throws {JournalError} the journal cannot be read
   */
  startMeter(place: MeterPlace, gridOffset: number | undefined, transport: Transport): void {
    const others = this.#lines.get(place.line.name)?.meters.values() ?? [];
    const free = () => freeGridOffset(Array.from(others, (meter) => meter.gridOffset));
    const meter = this.#addMeter(place, gridOffset ?? free());
    transport.serve(meter.served);
    meter.start(transport);
  }

  /** Puts lines and meters into the order of the configuration. */
  arrange(lines: readonly LineSettings[]): void {
    arrange(this.#lines, lines.map(({ name }) => name));
    for (const { name, meters } of lines) this.#lines.get(name)?.arrange(meters.map((meter) => meter.name));
  }

  /** Refuses waiting requests and finishes the current ones. */
  async closeTransactions(): Promise<void> {
    await Promise.all(this.#meters.map(({ transactions }) => transactions.close()));
  }

  /** Stops the meters. Close their transactions first. */
  async stopMeters(): Promise<void> {
    await Promise.all(this.#meters.map((meter) => meter.stop()));
  }

  /** Closes the lines. Stop the meters first. */
  async closeLines(): Promise<void> {
    await Promise.all([...this.#lines.values()].map(({ line }) => line.close()));
  }

  get #meters(): StationMeter[] {
    return [...this.#lines.values()].flatMap(({ meters }) => [...meters.values()]);
  }

  #addLine(settings: LineSettings): StationLine {
    const { time, newLine } = this.#parts;
    const log = withFields(this.#parts.log, { line: settings.name });
    const line = newLine?.(settings) ?? new Line(settings, { time, poll: this.#poll, log });
    const added = new StationLine(settings, line);
    this.#lines.set(settings.name, added);
    return added;
  }

  #addMeter({ line: { name }, meter: settings }: MeterPlace, gridOffset: number): StationMeter {
    const line = this.#lines.get(name);
    if (line === undefined) throw new RangeError(`Cannot add meter ${settings.name}: there is no line ${name}`);
    const meter = new StationMeter(settings, { line: line.line, gridOffset }, this.#parts, this.#verdicts);
    line.meters.set(settings.name, meter);
    return meter;
  }
}

/** The meters of a new line take turns at equal distances. */
export function initialOffset({ meters }: LineSettings, name: string): number {
  return meters.findIndex((meter) => meter.name === name) / meters.length;
}

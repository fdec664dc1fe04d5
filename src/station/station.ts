import { SerialPoll } from "../../bridge/mod.ts";
import { withFields } from "../base/log.ts";
import type { StuckLine } from "../base/stuck_line.ts";
import type { LineSettings } from "../config/mod.ts";
import type { LineReport, ServedMeter, Transport } from "../contract/mod.ts";
import { Line } from "../line/mod.ts";
import { StationLine } from "./station_line.ts";
import { StationMeter } from "./station_meter.ts";
import type { StationParts } from "./station_parts.ts";

/** The lines and meters in service. */
export class Station {
  readonly #parts: StationParts;
  readonly #poll = new SerialPoll();
  readonly #lines = new Map<string, StationLine>();

  /**
   * Creates lines and meters. They are idle until `start`.
   *
   * @throws {JournalError} the journal cannot be read
   */
  constructor(lines: readonly LineSettings[], parts: StationParts) {
    this.#parts = parts;
    for (const settings of lines) {
      const { line, meters } = this.#add(settings);
      for (const [place, meter] of settings.meters.entries()) {
        const gridOffset = place / settings.meters.length;
        meters.set(meter.name, new StationMeter(meter, { line, gridOffset }, parts));
      }
    }
  }

  /** The meters in service, for a transport. */
  get served(): ServedMeter[] {
    return this.#meters.map(({ served }) => served);
  }

  /** Resolves when every meter in service was tried once. */
  async triedOnce(): Promise<void> {
    await Promise.all(this.#meters.map(({ meter }) => meter.triedOnce));
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

  #add(settings: LineSettings): StationLine {
    const { time, newLine } = this.#parts;
    const log = withFields(this.#parts.log, { line: settings.name });
    const line = newLine?.(settings) ?? new Line(settings, { time, poll: this.#poll, log });
    const added = new StationLine(settings, line);
    this.#lines.set(settings.name, added);
    return added;
  }
}

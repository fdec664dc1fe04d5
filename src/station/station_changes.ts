import { errorText, type Log } from "../base/log.ts";
import { Mutex } from "../base/mutex.ts";
import type { LineSettings } from "../config/mod.ts";
import type { Transport } from "../contract/mod.ts";
import type { LiveJournal } from "../journal/mod.ts";
import { type Change, changeText, type WaitingChange, waitingText } from "./change.ts";
import { compareLines, type MeterPlace, placesOf } from "./compare_lines.ts";
import { type Schedule, schedule } from "./schedule.ts";
import { initialOffset, type Station } from "./station.ts";

/** Dependencies of {@linkcode StationChanges}. */
export interface StationChangesDeps {
  readonly transport: Transport;
  readonly journal: Pick<LiveJournal, "openTransactions">;
  readonly log: Log;
}

/** The result of a new configuration, a text for each change. */
export interface AppliedChanges {
  /** Changes that are in force. */
  readonly applied: readonly string[];
  /** Changes that wait for the end of a transaction. */
  readonly waiting: readonly string[];
}

/**
 * Changes the lines and meters in service until they are as in the newest configuration. A change that needs a meter
 * with an open transaction waits for its end; a newer configuration replaces the changes that wait.
 */
export class StationChanges {
  readonly #station: Station;
  readonly #deps: StationChangesDeps;
  /** One configuration at a time. */
  readonly #rounds = new Mutex();
  /** The meters for whose end of work a round waits. */
  readonly #awaited = new Set<string>();
  #wanted: readonly LineSettings[];
  #waiting: readonly WaitingChange[] = [];
  #closed = false;

  constructor(station: Station, deps: StationChangesDeps) {
    this.#station = station;
    this.#deps = deps;
    this.#wanted = station.inForce;
  }

  /** The changes that are not in force yet, each as a text with the meters that they wait for. */
  get waiting(): readonly string[] {
    return this.#waiting.map(waitingText);
  }

  /**
   * Puts a configuration into force, as far as no meter is busy. The rest follows by itself.
   *
   * @throws {JournalError} the journal cannot be read; nothing has changed
   */
  apply(lines: readonly LineSettings[]): Promise<AppliedChanges> {
    return this.#rounds.run(async () => {
      if (this.#closed) throw new Error("Cannot change lines and meters: the service is ending");
      // The transactions of a meter begin with a read of the journal
      for (const name of placesOf(lines).keys()) this.#deps.journal.openTransactions(name);
      this.#wanted = lines;
      return await this.#round();
    });
  }

  /** Retries changes that wait, or that have failed because the journal could not be read. Never rejects. */
  async retry(): Promise<void> {
    await this.#rounds.run(async () => {
      if (!this.#closed) await this.#round();
    });
  }

  /** Finishes the current steps; nothing is changed after that. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#rounds.run(() => Promise.resolve());
  }

  async #round(): Promise<AppliedChanges> {
    const isBusy = (name: string) => this.#station.find(name)?.meter.transactions.isBusy === true;
    const steps = schedule(this.#station.inForce, this.#wanted, isBusy);
    // No await before this call: a request that arrives now must not begin on a meter that is stopped
    const taken = this.#take(steps);
    this.#note(steps);
    const failure = await taken.then(() => undefined, errorText);
    const { applied } = steps;
    if (failure === undefined) return { applied: applied.map(changeText), waiting: this.waiting };
    const left = compareLines(this.#station.inForce, this.#wanted);
    const isLeft = (change: Change) =>
      left.some(({ subject, name }) => subject === change.subject && name === change.name);
    const failed = applied.filter(isLeft).map((change) => `${changeText(change)} after a failure: ${failure}`);
    for (const text of failed) this.#deps.log.error(`Configuration: ${text}`);
    const done = applied.filter((change) => !isLeft(change));
    return { applied: done.map(changeText), waiting: [...this.waiting, ...failed] };
  }

  /** Takes the steps in an order in which no device and no unit id has two users. */
  async #take({ stop, close, open, start }: Schedule): Promise<void> {
    const { transport } = this.#deps;
    const station = this.#station;
    const next = new Map(start.map((place) => [place.meter.name, place]));
    const offsets = new Map(start.map((place) => [place.meter.name, this.#offsetOf(place, open)]));
    await Promise.all(stop.map((name) => station.stopMeter(name, next.get(name), transport)));
    await Promise.all(close.map((name) => station.closeLine(name)));
    await Promise.all(open.map((line) => station.openLine(line, transport)));
    for (const place of start) station.startMeter(place, offsets.get(place.meter.name), transport);
    station.arrange(this.#wanted);
    transport.publishNodeStatus();
  }

  /** The offset of a meter on a new line, or the one that it has on its line; undefined: none yet. */
  #offsetOf({ line, meter }: MeterPlace, opened: readonly LineSettings[]): number | undefined {
    if (opened.includes(line)) return initialOffset(line, meter.name);
    const found = this.#station.find(meter.name);
    return found?.line.line.name === line.name ? found.meter.gridOffset : undefined;
  }

  /** Logs what changes now and what waits, and continues when the meters are no longer busy. */
  #note({ applied, waiting }: Schedule): void {
    const { log } = this.#deps;
    const known = new Set(this.waiting);
    this.#waiting = waiting;
    for (const change of applied) log.info(`Configuration: ${changeText(change)}`);
    for (const text of this.waiting) if (!known.has(text)) log.info(`Configuration: ${text}`);
    for (const name of new Set(waiting.flatMap(({ meters }) => meters))) this.#continueAfter(name);
  }

  async #continueAfter(name: string): Promise<void> {
    const transactions = this.#station.find(name)?.meter.transactions;
    if (transactions === undefined || this.#awaited.has(name)) return;
    this.#awaited.add(name);
    await transactions.notBusy();
    this.#awaited.delete(name);
    await this.retry();
  }
}

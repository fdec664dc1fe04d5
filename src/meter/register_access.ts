import type { Bus, ExchangeStats, TransferOptions } from "../line/mod.ts";
import { decodeField, type Field, type ValueOf, wordsOf } from "./codec.ts";
import { ReadWords } from "./read_words.ts";
import type { MeterModel } from "./meter_model.ts";
import type { PlannedRead, ReadCost } from "./read_plan.ts";

/** Access to the registers of one meter with fixed options: priority, attempts, signal. */
export class RegisterAccess {
  readonly #bus: Bus;
  readonly #unit: number;
  readonly #how: TransferOptions;
  readonly #connection: (() => number) | undefined;

  /**
   * @param unit 1..255
   * @param how options of every transfer
   * @param connection called at each transfer, returns its connection of the line; undefined: any connection
   */
  constructor(bus: Bus, unit: number, how: TransferOptions, connection?: () => number) {
    this.#bus = bus;
    this.#unit = unit;
    this.#how = how;
    this.#connection = connection;
  }

  /** The present or last connection of the line. */
  get lineConnection(): number {
    return this.#bus.connection;
  }

  /** Resolves when the line is open on a later connection than `after`; throws as {@linkcode Bus.connected}. */
  connected(after: number, signal: AbortSignal): Promise<number> {
    return this.#bus.connected(after, signal);
  }

  /** The same registers on one connection of the line; on another connection, another meter may answer. */
  on(connection: () => number): RegisterAccess {
    return new RegisterAccess(this.#bus, this.#unit, this.#how, connection);
  }

  /** Cost of a read on the line; equal for all reads if the line does not report it. */
  readonly cost: ReadCost = (words) => this.#bus.readCostMs?.(this.#unit, words) ?? 1;

  /** Counts of the exchanges with the meter; undefined: they are not counted. */
  stats(): ExchangeStats | undefined {
    return this.#bus.unitStats?.(this.#unit);
  }

  /** Number of exchanges with the meter without an answer; 0 if they are not counted. */
  get timeouts(): number {
    return this.#bus.unitTimeouts?.(this.#unit) ?? 0;
  }

  /** Whether reads and writes are cancelled. */
  get withdrawn(): boolean {
    return this.#how.signal?.aborted ?? false;
  }

  /** The same registers with other options. */
  with(how: Partial<TransferOptions>): RegisterAccess {
    return new RegisterAccess(this.#bus, this.#unit, { ...this.#how, ...how }, this.#connection);
  }

  /** The same registers with the pause that meters of a model may need. */
  of({ minPauseMs }: Pick<MeterModel, "minPauseMs">): RegisterAccess {
    return minPauseMs === undefined ? this : this.with({ minPauseMs });
  }

  /** Raw words; throws as {@linkcode Bus.read}. */
  read(address: number, words: number): Promise<Uint8Array> {
    return this.#bus.read(this.#unit, address, words, this.#options());
  }

  /**
   * The words of planned reads, in order.
   *
   * @param onFirst called after the first read
   */
  async readAll(reads: readonly PlannedRead[], onFirst = () => {}): Promise<ReadWords> {
    const words = new ReadWords();
    for (const [index, { start, words: count }] of reads.entries()) {
      words.add(start, await this.read(start, count));
      if (index === 0) onFirst();
    }
    return words;
  }

  /** The value of one field. */
  async value<F extends Field>(field: F): Promise<ValueOf<F>> {
    return decodeField(field, await this.read(field.at, wordsOf(field))) as ValueOf<F>;
  }

  /** Writes values that may reach the meter twice; throws as {@linkcode Bus.write}. */
  write(address: number, bytes: Uint8Array): Promise<void> {
    return this.#bus.write(this.#unit, address, bytes, { ...this.#options(), repeatable: true });
  }

  /** Writes values that must reach the meter at most once, with one attempt. */
  writeOnce(address: number, bytes: Uint8Array): Promise<void> {
    return this.#bus.write(this.#unit, address, bytes, { ...this.#options(), repeatable: false });
  }

  #options(): TransferOptions {
    return this.#connection === undefined ? this.#how : { ...this.#how, connection: this.#connection() };
  }
}

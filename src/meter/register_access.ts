import type { Bus, ExchangeStats, TransferOptions } from "../line/mod.ts";
import { decodeField, type Field, type ValueOf, wordsOf } from "./codec.ts";
import { GatheredWords } from "./gathered_words.ts";
import type { MeterModel } from "./meter_model.ts";
import type { PlannedRead, ReadCost } from "./read_plan.ts";

/** The registers of one meter, read and written in one way: how urgently, how often, until when. */
export class RegisterAccess {
  readonly #bus: Bus;
  readonly #unit: number;
  readonly #how: TransferOptions;
  readonly #connection: (() => number) | undefined;

  /**
   * @param unit 1..255
   * @param how holds for every transfer
   * @param connection asked at each transfer for the connection of the line that it belongs to; absent: any will do
   */
  constructor(bus: Bus, unit: number, how: TransferOptions, connection?: () => number) {
    this.#bus = bus;
    this.#unit = unit;
    this.#how = how;
    this.#connection = connection;
  }

  /** The connection that the line has now, or had last. */
  get lineConnection(): number {
    return this.#bus.connection;
  }

  /** Resolves when the line is open on a later connection than `after`; throws as {@linkcode Bus.connected}. */
  connected(after: number, signal: AbortSignal): Promise<number> {
    return this.#bus.connected(after, signal);
  }

  /** The same registers on one connection of the line: behind another one, another meter may answer. */
  on(connection: () => number): RegisterAccess {
    return new RegisterAccess(this.#bus, this.#unit, this.#how, connection);
  }

  /** What a read of so many words costs on the meter's line; each the same where the line does not tell. */
  readonly cost: ReadCost = (words) => this.#bus.readCostMs?.(this.#unit, words) ?? 1;

  /** What became of the exchanges with the meter; undefined where nobody counts. */
  stats(): ExchangeStats | undefined {
    return this.#bus.unitStats?.(this.#unit);
  }

  /** Exchanges with the meter so far that were left without an answer; 0 if they are not counted. */
  get timeouts(): number {
    return this.#bus.unitTimeouts?.(this.#unit) ?? 0;
  }

  /** Whether what is read and written now is taken back. */
  get withdrawn(): boolean {
    return this.#how.signal?.aborted ?? false;
  }

  /** The same registers in another way. */
  with(how: Partial<TransferOptions>): RegisterAccess {
    return new RegisterAccess(this.#bus, this.#unit, { ...this.#how, ...how }, this.#connection);
  }

  /** The same registers with the pause that meters of a model may need. */
  of({ leastPauseMs }: Pick<MeterModel, "leastPauseMs">): RegisterAccess {
    return leastPauseMs === undefined ? this : this.with({ leastPauseMs });
  }

  /** Raw words; throws as {@linkcode Bus.read}. */
  read(address: number, words: number): Promise<Uint8Array> {
    return this.#bus.read(this.#unit, address, words, this.#options());
  }

  /**
   * The words of planned reads, in their order.
   *
   * @param onFirst called when the first of them is there
   */
  async gather(reads: readonly PlannedRead[], onFirst = () => {}): Promise<GatheredWords> {
    const words = new GatheredWords();
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

  /** Writes what may reach the meter twice; throws as {@linkcode Bus.write}. */
  write(address: number, bytes: Uint8Array): Promise<void> {
    return this.#bus.write(this.#unit, address, bytes, { ...this.#options(), repeatable: true });
  }

  /** Writes what must reach the meter at most once: one attempt, whatever comes back. */
  writeOnce(address: number, bytes: Uint8Array): Promise<void> {
    return this.#bus.write(this.#unit, address, bytes, { ...this.#options(), repeatable: false });
  }

  #options(): TransferOptions {
    return this.#connection === undefined ? this.#how : { ...this.#how, connection: this.#connection() };
  }
}

import { hex, spacedHex } from "../../src/base/hex.ts";
import {
  type Bus,
  type ExchangeStats,
  LineError,
  type TransferOptions,
  type WriteOptions,
} from "../../src/line/mod.ts";
import { Connections } from "../../src/line/connections.ts";
import { isBusy, isGatewayFailure, maxRequestWords, ModbusError } from "../../src/modbus/mod.ts";
import { AbortCalls } from "../../src/base/abort_calls.ts";
import { Mutex } from "../../src/base/mutex.ts";
import type { Time } from "../../src/base/time.ts";

/** One exchange on the line. */
export interface FakeCall {
  readonly kind: "read" | "write";
  readonly unit: number;
  readonly address: number;
  readonly words: number;
  /** The written words in hex, separated by spaces: `0042`. */
  readonly written: string;
  readonly priority: string;
  readonly repeatable: boolean;
  /** Monotonic milliseconds when it began. */
  readonly atMs: number;
}

/** Result of an exchange instead of an answer from memory. */
export type Answer = "answer" | "timeout" | "crc" | "closed" | { readonly exception: number } | {
  readonly hex: string;
};

/**
 * A line with one meter whose registers are a memory: a register that was not set is refused with exception 2. It does
 * one exchange at a time, repeats attempts according to the options, and splits transfers like a line.
 */
export class FakeBus implements Bus {
  readonly calls: FakeCall[] = [];
  /** Determines the result of each exchange, `nth` since the last `forget`; default: from memory. */
  script: (call: FakeCall, nth: number) => Answer = () => "answer";
  /** Cost of reads, for tests that need it. */
  readCostMs?: (unit: number, words: number) => number;
  /** Counts of exchanges, for tests that need them. */
  unitStats?: (unit: number) => ExchangeStats;
  /** Number of immediate repeats in one attempt. */
  retries = 0;
  exchangeMs = 10;
  timeoutMs = 500;
  readonly #time: Time;
  readonly #unit: number;
  readonly #memory = new Map<number, number>();
  readonly #alone = new Map<number, number>();
  readonly #queue = new Mutex();
  readonly #aborts = new AbortCalls();
  readonly #connections = new Connections();
  #open = true;
  #timeouts = 0;

  constructor(time: Time, unit = 1) {
    this.#time = time;
    this.#unit = unit;
    this.#connections.opened();
  }

  /** 1 at the beginning: the line is open. */
  unitTimeouts(): number {
    return this.#timeouts;
  }

  get connection(): number {
    return this.#connections.number;
  }

  connected(after: number, signal?: AbortSignal): Promise<number> {
    return this.#connections.connected(after, signal);
  }

  /** Closes the line: the current exchange and all later ones fail as closed. */
  unplug(): void {
    this.#open = false;
    this.#connections.closed();
  }

  /** Reopens the line with a new connection; closes an open line first. */
  plug(): void {
    this.unplug();
    this.#open = true;
    this.#connections.opened();
  }

  /** Sets registers from `address`; words as in a document: `"0102 0304"`. */
  set(address: number, words: string): this {
    for (const [index, word] of words.trim().split(/\s+/).entries()) {
      this.#memory.set(address + index, parseInt(word, 16));
    }
    return this;
  }

  /** Sets the value of a register that is only returned if it is read alone. */
  setAlone(address: number, word: string): this {
    this.#alone.set(address, parseInt(word, 16));
    return this;
  }

  /** Removes registers. */
  unset(address: number, words: number): this {
    for (let index = 0; index < words; index++) this.#memory.delete(address + index);
    return this;
  }

  /** Registers from `address` in hex. */
  get(address: number, words: number): string {
    return spacedHex(this.#answer(address, words), 2);
  }

  /** Kind and address of each exchange since the last `forget`: `read 000B/1`, `write 7040/1 0042`. */
  get seen(): string[] {
    return this.calls.map(({ kind, address, words, written }) =>
      `${kind} ${hex(address)}/${words}${written === "" ? "" : ` ${written}`}`
    );
  }

  forget(): void {
    this.calls.length = 0;
  }

  async read(unit: number, address: number, words: number, options: TransferOptions): Promise<Uint8Array> {
    checkRange(unit, address, words);
    const bytes = new Uint8Array(words * 2);
    for (let done = 0; done < words; done += maxRequestWords.read) {
      const part = {
        kind: "read",
        unit,
        address: address + done,
        words: Math.min(maxRequestWords.read, words - done),
      } as const;
      bytes.set(await this.#attempt(part, new Uint8Array(), options, true), done * 2);
    }
    return bytes;
  }

  async write(
    unit: number,
    address: number,
    bytes: Uint8Array,
    options: WriteOptions,
  ): Promise<void> {
    checkRange(unit, address, bytes.length / 2);
    for (let done = 0; done < bytes.length; done += 2 * maxRequestWords.write) {
      const part = bytes.slice(done, done + 2 * maxRequestWords.write);
      const call = { kind: "write", unit, address: address + done / 2, words: part.length / 2 } as const;
      await this.#attempt(call, part, options, options.repeatable);
    }
  }

  async #attempt(
    call: Pick<FakeCall, "kind" | "unit" | "address" | "words">,
    bytes: Uint8Array,
    options: TransferOptions,
    repeatable: boolean,
  ): Promise<Uint8Array> {
    const { delayMs = 0, signal, repeatRefused = false } = options;
    const attempts = repeatable ? options.attempts ?? 1 : 1;
    const repeats = repeatable && options.immediateRepeats !== false ? this.retries : 0;
    let damaged = false;
    for (let attempt = 1, repeat = 0;;) {
      try {
        return await this.#next(call, bytes, options, repeatable);
      } catch (error) {
        if (error instanceof ModbusError) {
          if (!repeatRefused && !isBusy(error.exception) || attempt >= attempts) throw error;
        } else if (!(error instanceof LineError) || error.code === "closed") {
          throw error;
        } else {
          damaged ||= error.damaged;
          if (repeat++ < repeats) continue;
          if (attempt >= attempts) throw new LineError(error.code, error.message, { cause: error.cause, damaged });
        }
        attempt++;
        repeat = 0;
        await this.#time.sleep(delayMs, signal);
      }
    }
  }

  /** One exchange in its turn. */
  #next(
    call: Pick<FakeCall, "kind" | "unit" | "address" | "words">,
    bytes: Uint8Array,
    { priority, connection, signal }: TransferOptions,
    repeatable: boolean,
  ): Promise<Uint8Array> {
    signal?.throwIfAborted();
    let waiting = true;
    const turn = this.#queue.run(() => {
      waiting = false;
      signal?.throwIfAborted();
      if (!this.#open) throw new LineError("closed", closedText);
      if (connection !== undefined && connection !== this.connection) {
        throw new LineError("closed", `Unit ${call.unit} on line rs485-1: the line was reopened`);
      }
      return this.#exchange(
        { ...call, written: spacedHex(bytes, 2), priority, repeatable, atMs: this.#time.mono() },
        bytes,
      );
    });
    if (signal === undefined) return turn;
    return new Promise((resolve, reject) => {
      const unwatch = this.#aborts.watch(signal, () => waiting && reject(signal.reason));
      turn.finally(unwatch).then(resolve, reject);
    });
  }

  async #exchange(call: FakeCall, bytes: Uint8Array): Promise<Uint8Array> {
    const answer = call.unit === this.#unit ? this.script(call, this.calls.length + 1) : "timeout";
    const where = `unit ${call.unit}, register ${hex(call.address)}h`;
    if (answer === "closed") throw new LineError("closed", closedText);
    this.calls.push(call);
    const { connection } = this;
    await this.#time.sleep(answer === "timeout" ? this.timeoutMs : this.exchangeMs);
    if (!this.#open || connection !== this.connection) throw new LineError("closed", closedText);
    if (answer === "timeout") {
      this.#timeouts++;
      throw new LineError("timeout", `No answer from ${where} within ${this.timeoutMs} ms`);
    }
    if (answer === "crc") throw new LineError("crc", `Damaged answer from ${where}`);
    if (typeof answer === "object" && "exception" in answer) {
      const refusal = new ModbusError(answer.exception, `Exception ${answer.exception} from ${where}`);
      if (!isGatewayFailure(answer.exception)) throw refusal;
      throw new LineError("timeout", refusal.message, { cause: refusal });
    }
    if (typeof answer === "object") return Uint8Array.fromHex(answer.hex.replaceAll(/\s/g, ""));
    if (call.kind === "write") {
      bytes.forEach((byte, index) => {
        const address = call.address + (index >> 1);
        const word = this.#memory.get(address) ?? 0;
        this.#memory.set(address, index % 2 === 0 ? byte << 8 | (word & 0xff) : word & 0xff00 | byte);
      });
      return bytes;
    }
    return Uint8Array.from(this.#answer(call.address, call.words, where));
  }

  #answer(address: number, words: number, where = "memory"): number[] {
    const bytes: number[] = [];
    for (let index = 0; index < words; index++) {
      const alone = words === 1 ? this.#alone.get(address) : undefined;
      const word = alone ?? this.#memory.get(address + index);
      if (word === undefined) throw new ModbusError(2, `Exception 2 (illegal data address) from ${where}`);
      bytes.push(word >> 8, word & 0xff);
    }
    return bytes;
  }
}

const closedText = "Line rs485-1 is closed: /dev/ttyUSB0 is gone";

function checkRange(unit: number, address: number, words: number): void {
  const isInRange = [unit, address, words].every(Number.isInteger) && unit >= 1 && unit <= 255 && address >= 0 &&
    words >= 1 && address + words <= 0x10000;
  if (!isInRange) {
    throw new RangeError(`Invalid request: ${words} words at ${address} of unit ${unit} are out of range`);
  }
}

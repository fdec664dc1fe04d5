import type { ExchangeStats } from "./exchange_stats.ts";

/** Who goes first on a line, first to last. */
export const priorities = ["transaction", "health", "live"] as const;

/** One of {@linkcode priorities}. */
export type Priority = typeof priorities[number];

/** How one transfer is to be done. */
export interface TransferOptions {
  /** Whose turn it is when several wait. */
  readonly priority: Priority;
  /** Attempts in all, 1 or more. Between them other work uses the line. @default 1 */
  readonly attempts?: number;
  /** Pause between two attempts in milliseconds. @default 0 */
  readonly delayMs?: number;
  /** False: each attempt is one exchange, whatever the line's `retries`. @default true */
  readonly immediateRepeats?: boolean;
  /** Whether a refusal is worth another attempt, as for a register that every meter has. @default false */
  readonly repeatRefused?: boolean;
  /**
   * Pause in milliseconds that the unit may need between an answer and the next request. It is kept once an exchange has
   * failed without it. @default none
   */
  readonly leastPauseMs?: number;
  /** Monotonic time in milliseconds by which a live poll should be through; one that waited past it moves up. */
  readonly deadline?: number;
  /**
   * The {@linkcode Bus.connection} that this transfer belongs to. Once the line has opened again, no further exchange of
   * the transfer is sent: it fails as `closed`. Absent: any connection.
   */
  readonly connection?: number;
  /** Takes the transfer back while it still waits; one that is on the wire is finished. */
  readonly signal?: AbortSignal;
}

/** What a meter needs of its line. Transfers longer than a request holds are split, lowest address first. */
export interface Bus {
  /**
   * Which opening of the line this is: 0 before the first one, one more at each opening, unchanged while the line is
   * closed. Behind another connection other meters may answer.
   */
  readonly connection: number;

  /**
   * Resolves with the number of the connection as soon as the line is open and the number is greater than `after`. It
   * stays pending where that never happens, as after the line's `close`.
   *
   * @throws the signal's reason when it is aborted first
   */
  connected(after: number, signal?: AbortSignal): Promise<number>;

  /**
   * Reads input registers (function 04).
   *
   * @param unit 1..255
   * @param address zero-based wire address
   * @param words 1 or more; more than 125 take several requests
   * @returns two bytes a word, most significant byte first
   * @throws {LineError} no usable answer; `closed`, with the `PortError` as its cause, when the device is gone, or
   * without a cause when the line is open on another connection than the options name
   * @throws {ModbusError} the meter refused
   * @throws {RangeError} no such registers; the signal's reason when it is taken back
   */
  read(unit: number, address: number, words: number, options: TransferOptions): Promise<Uint8Array>;

  /**
   * Writes registers (function 16); more than 123 words take several requests.
   *
   * @param bytes two bytes a word, most significant byte first
   * @param options `repeatable: false` for a write that must not reach the meter twice: it is sent once, whatever
   * comes back, and the caller reads the state back instead
   * @throws as `read`
   */
  write(
    unit: number,
    address: number,
    bytes: Uint8Array,
    options: TransferOptions & { readonly repeatable: boolean },
  ): Promise<void>;

  /**
   * Milliseconds that a read takes of the line: its bytes, the unit's usual turnaround and the silence behind it; absent
   * where reads cost nothing.
   */
  readCostMs?(unit: number, words: number): number;

  /** Exchanges so far that one unit left without an answer; absent if they are not counted. */
  unitTimeouts?(unit: number): number;

  /** What became of the exchanges with one unit; absent if they are not counted. */
  unitStats?(unit: number): ExchangeStats;
}

import type { ExchangeStats } from "./exchange_stats.ts";

/**
 * Priorities on a line, highest first: the steps of a transaction; setup, clock and device state; readings. A transfer
 * that waits past its deadline moves up.
 */
export const priorities = ["transaction", "health", "live"] as const;

/** One of {@linkcode priorities}. */
export type Priority = typeof priorities[number];

/** Options of one transfer. */
export interface TransferOptions {
  /** Determines the order of waiting transfers. */
  readonly priority: Priority;
  /** Total number of attempts, 1 or more. Other work can use the line between them. @default 1 */
  readonly attempts?: number;
  /** Pause between two attempts in milliseconds. @default 0 */
  readonly delayMs?: number;
  /** False: each attempt is one exchange, independent of the `retries` of the line. @default true */
  readonly immediateRepeats?: boolean;
  /** Whether a refusal is retried, for example for a register that every meter has. @default false */
  readonly repeatRefused?: boolean;
  /**
   * Pause in milliseconds that the unit may need between an answer and the next request. It applies after an exchange
   * has failed without it. @default none
   */
  readonly minPauseMs?: number;
  /** Monotonic time in milliseconds by which a live poll should be complete; an overdue one gets a higher priority. */
  readonly deadline?: number;
  /**
   * The {@linkcode Bus.connection} that this transfer belongs to. After the line was opened again, no further exchange
   * of the transfer is sent, and it fails as `closed`. Undefined: any connection.
   */
  readonly connection?: number;
  /** Cancels the transfer while it waits; an exchange that has begun is finished. */
  readonly signal?: AbortSignal;
}

/** Options of one write. */
export interface WriteOptions extends TransferOptions {
  /** False: the write must not reach the meter twice, so it is sent once; the caller then reads the meter's state. */
  readonly repeatable: boolean;
}

/** The interface of a line for meters. Long transfers are split into several requests, lowest address first. */
export interface Bus {
  /**
   * Number of the connection: 0 before the first opening, incremented at each opening, unchanged while the line is
   * closed. Other meters may answer on another connection.
   */
  readonly connection: number;

  /**
   * Resolves with the number of the connection when the line is open and the number is greater than `after`. Stays
   * pending if that never happens, for example after `close`.
   *
   * @throws the reason of the signal if it is aborted first
   */
  connected(after: number, signal?: AbortSignal): Promise<number>;

  /**
   * Reads input registers (function 04).
   *
   * @param unit 1..255
   * @param address zero-based wire address
   * @param words 1 or more; more than 125 need several requests
   * @returns two bytes per word, most significant byte first
   * @throws {LineError} no usable answer; `closed` with the `PortError` as its cause: the device is gone; `closed`
   * without a cause: the line is open with another connection than the options name
   * @throws {ModbusError} the meter refused the request
   * @throws {RangeError} no such registers; the reason of the signal if the transfer is cancelled
   */
  read(unit: number, address: number, words: number, options: TransferOptions): Promise<Uint8Array>;

  /**
   * Writes registers (function 16); more than 123 words need several requests.
   *
   * @param bytes two bytes per word, most significant byte first
   * @throws as `read`
   */
  write(unit: number, address: number, bytes: Uint8Array, options: WriteOptions): Promise<void>;

  /**
   * Milliseconds that a read occupies the line: its bytes, the usual turnaround of the unit and the silence after it;
   * absent: reads take no time.
   */
  readCostMs?(unit: number, words: number): number;

  /** Number of exchanges without an answer of one unit; absent: they are not counted. */
  unitTimeouts?(unit: number): number;

  /** Counts of the exchanges with one unit; absent: they are not counted. */
  unitStats?(unit: number): ExchangeStats;
}

import { systemTime, type Time } from "../src/base/time.ts";
import { minSleepMs, type Precision } from "./byte_stream.ts";
import { PortClosedError, PortError } from "./errors.ts";
import { flags, type Libc } from "./libc.ts";
import type { SerialPoll } from "./serial_poll.ts";

/**
 * Reads an open serial port without a wake-up for every few bytes. The caller announces the time of an answer, and the
 * port is read at that time; the thread of the poll waits for bytes at an unknown time.
 */
export class SerialReader {
  readonly #libc: Libc;
  readonly #fd: number;
  readonly #path: string;
  readonly #poll: SerialPoll;
  readonly #time: Pick<Time, "mono">;
  /** A `struct pollfd`: the requested events, and the result. */
  readonly #awaited = new Int32Array(2);
  readonly #seen = new Int32Array(2);
  #inUse = false;
  #reading: Promise<number> | undefined;
  /** Monotonic time of the next read. */
  #expectedAtMs: number | undefined;
  #isIdle = false;
  #isDueNow = false;
  #dueBytes = 1;
  #precision: Precision = "exact";
  #sawArrival = false;
  /** Whether a read waits for bytes at an unknown time. */
  #awaiting = false;
  #wake: (() => void) | undefined;
  readonly #checkWhileIdle = () => this.#wakeIfReadable();
  #ended: Error | undefined;

  /**
   * @param fd opened with O_NONBLOCK; the caller closes it
   * @param path for messages
   * @param poll waits for all ports
   * @param time the clock of the poll
   */
  constructor(libc: Libc, fd: number, path: string, poll: SerialPoll, time: Pick<Time, "mono"> = systemTime) {
    this.#libc = libc;
    this.#fd = fd;
    this.#path = path;
    this.#poll = poll;
    this.#time = time;
    this.#awaited.set([fd, flags.pollIn]);
    this.#seen.set([fd, 0]);
    poll.enter(this.#checkWhileIdle);
  }

  /**
   * Reads the available bytes, or waits for at least one; 0 after `expectBytes` without bytes. One read at a time.
   *
   * @throws {PortError} gone: the other side hung up
   * @throws {PortClosedError} `close` was called
   */
  read(target: Uint8Array): Promise<number> {
    if (this.#inUse) return Promise.reject(new TypeError(`Cannot read ${this.#path}: another read is pending`));
    this.#inUse = true;
    return this.#reading = this.#read(target);
  }

  /** See {@linkcode ByteStream.expectBytes}. */
  expectBytes(ms: number, bytes = 1, precision: Precision = "exact"): void {
    this.#isIdle = false;
    this.#dueBytes = bytes;
    this.#precision = precision;
    this.#isDueNow = ms > 0 && ms < minSleepMs;
    if (ms >= minSleepMs) this.#expectedAtMs = this.#time.mono() + ms;
    // A read that waits for bytes continues: to end its wait and begin another one would wake the thread twice
    if (ms > 0 || !this.#awaiting) this.#wakeReader();
  }

  /** See {@linkcode ByteStream.idle}. */
  idle(): void {
    this.#isIdle = true;
  }

  /** See {@linkcode ByteStream.sawArrival}. */
  get sawArrival(): boolean {
    return this.#sawArrival;
  }

  /** Checks whether the other side has hung up. @returns the reason why the port can no longer be read or written */
  gone(): Error | undefined {
    if (this.#ended === undefined && this.#libc.symbols.pollNow(this.#seen, 1n, 0) > 0) {
      const happened = (this.#seen[1] ?? 0) >> 16;
      if (happened & flags.pollEnd) {
        this.#ended = new PortError("gone", `The device ${this.#path} is gone (unplugged or hung up)`);
      }
    }
    return this.#ended;
  }

  /** Ends a waiting read; resolves when no thread uses the port any more. */
  async close(): Promise<void> {
    this.#ended ??= new PortClosedError();
    this.#wakeReader();
    await Promise.allSettled([this.#reading, this.#poll.endReadable(this.#fd)]);
  }

  /** Leaves the poll; call it when no wait is pending. */
  leave(): Promise<void> {
    return this.#poll.leave(this.#checkWhileIdle);
  }

  async #read(target: Uint8Array): Promise<number> {
    try {
      while (this.#ended === undefined) {
        if (this.#isIdle) {
          await new Promise<void>((wake) => this.#wake = wake);
          this.#wake = undefined;
          if (!this.#isIdle) continue;
        } else if (this.#isDueNow) {
          const bytes = this.#readWithoutSleep(target);
          if (bytes > 0) return bytes;
        } else if (this.#expectedAtMs === undefined) {
          this.#awaiting = true;
          await this.#poll.readable(this.#fd);
          this.#awaiting = false;
        }
        const hasSlept = this.#expectedAtMs !== undefined;
        if (hasSlept) await this.#sleepUntilExpected();
        if (this.#ended !== undefined) break;
        const bytes = hasSlept ? this.#readDue(target) : this.#readNow(target);
        if (hasSlept || bytes > 0) return bytes;
      }
      throw this.#ended;
    } finally {
      this.#inUse = false;
    }
  }

  /** Wakes a read that is idle or waits for bytes. */
  #wakeReader(): void {
    this.#wake?.();
    if (this.#awaiting) void this.#poll.endReadable(this.#fd);
  }

  #readWithoutSleep(target: Uint8Array): number {
    this.#isDueNow = false;
    // The process that answers may need this processor, and may have answered when it is available again
    this.#libc.symbols.sched_yield();
    return this.#readDue(target);
  }

  /** Reads the available bytes, and waits shortly for missing ones: neither a thread nor the event loop is as exact. */
  #readDue(target: Uint8Array): number {
    const dueBytes = Math.min(this.#dueBytes, target.length);
    let bytes = this.#readNow(target);
    if (bytes >= dueBytes || this.#ended !== undefined) return bytes;
    const until = this.#time.mono() + minSleepMs;
    do {
      this.#libc.symbols.pollNow(this.#awaited, 1n, minSleepMs);
      const more = this.#readNow(target.subarray(bytes));
      this.#sawArrival = more > 0;
      if (more === 0) break;
      bytes += more;
    } while (bytes < dueBytes && this.#time.mono() < until);
    return bytes;
  }

  async #sleepUntilExpected(): Promise<void> {
    let until: number | undefined;
    while (until !== this.#expectedAtMs) await this.#poll.at(until = this.#expectedAtMs ?? 0, this.#precision);
    this.#expectedAtMs = undefined;
  }

  #readNow(target: Uint8Array): number {
    this.#sawArrival = false;
    const bytes = this.#libc.symbols.read(this.#fd, target, BigInt(target.length));
    if (bytes > 0) return bytes;
    this.gone();
    return 0;
  }

  #wakeIfReadable(): boolean {
    if (this.#isIdle && this.#libc.symbols.pollNow(this.#awaited, 1n, 0) > 0) this.#wake?.();
    return this.#isIdle;
  }
}

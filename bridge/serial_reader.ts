import { systemTime } from "../src/base/time.ts";
import { shortestDozeMs } from "./byte_stream.ts";
import { PortError } from "./errors.ts";
import { flags, type Libc } from "./libc.ts";
import { PortClosedError } from "./port_closed_error.ts";

/** How long a thread waits for bytes at a stretch; closing waits for its end. */
const stretchMs = 250;
/** How often a port at rest is looked at: an unplugged adapter shows then. */
const restLookMs = 250;

/**
 * Reads an open serial port without waking up for every few bytes. Whoever knows when an answer is due says so, and the
 * port is looked at then; bytes that nobody could foresee are awaited on a thread.
 */
export class SerialReader {
  readonly #libc: Libc;
  readonly #fd: number;
  readonly #path: string;
  /** A `struct pollfd`: what is waited for, and what came of it. */
  readonly #awaited = new Int32Array(2);
  readonly #seen = new Int32Array(2);
  readonly #closing = new AbortController();
  #inUse = false;
  #reading: Promise<number> | undefined;
  #dozing: Promise<unknown> | undefined;
  #resting = false;
  #soon = false;
  #wake = () => {};
  #ended: Error | undefined;

  /**
   * @param fd opened with O_NONBLOCK; remains the caller's
   * @param path for messages
   */
  constructor(libc: Libc, fd: number, path: string) {
    this.#libc = libc;
    this.#fd = fd;
    this.#path = path;
    this.#awaited.set([fd, flags.pollIn]);
    this.#seen.set([fd, 0]);
    void this.#lookAtRest();
  }

  /**
   * Reads what is there, or waits for at least one byte; 0 after a `doze` in which nothing came. One read at a time.
   *
   * @throws {PortError} gone: the other side hung up
   * @throws {PortClosedError} `close` was called
   */
  read(target: Uint8Array): Promise<number> {
    if (this.#inUse) return Promise.reject(new TypeError(`${this.#path} is being read already`));
    this.#inUse = true;
    return this.#reading = this.#read(target);
  }

  /** See {@linkcode ByteStream.doze}. */
  doze(ms: number): void {
    this.#resting = false;
    this.#soon = ms > 0 && ms < shortestDozeMs;
    if (ms >= shortestDozeMs) {
      const dozing = this.#libc.symbols.usleep(Math.round(ms * 1000));
      this.#dozing = dozing.then(() => {});
    }
    this.#wake();
  }

  /** See {@linkcode ByteStream.idle}. */
  idle(): void {
    this.#resting = true;
  }

  /** Looks whether the other side hung up. @returns why nothing can be read or written any more */
  gone(): Error | undefined {
    if (this.#ended === undefined && this.#libc.symbols.pollNow(this.#seen, 1n, 0) > 0) {
      const happened = (this.#seen[1] ?? 0) >> 16;
      if (happened & flags.pollEnd) {
        this.#ended = new PortError("gone", `The device ${this.#path} is gone (unplugged or hung up)`);
      }
    }
    return this.#ended;
  }

  /** Ends a waiting read; resolves once no thread uses the port any more. */
  async close(): Promise<void> {
    this.#ended ??= new PortClosedError();
    this.#closing.abort();
    this.#wake();
    await Promise.allSettled([this.#reading, this.#dozing]);
  }

  async #read(target: Uint8Array): Promise<number> {
    try {
      while (this.#ended === undefined) {
        if (this.#resting) {
          await new Promise<void>((wake) => this.#wake = wake);
          if (!this.#resting) continue;
        } else if (this.#soon) {
          const bytes = this.#awaitOnTheSpot(target);
          if (bytes > 0) return bytes;
        } else if (this.#dozing === undefined) await this.#libc.symbols.poll(this.#awaited, 1n, stretchMs);
        const dozed = this.#dozing !== undefined;
        if (dozed) await this.#dozeOff();
        if (this.#ended !== undefined) break;
        const bytes = this.#readNow(target);
        if (bytes > 0 || dozed) return bytes;
      }
      throw this.#ended;
    } finally {
      this.#inUse = false;
    }
  }

  #awaitOnTheSpot(target: Uint8Array): number {
    this.#soon = false;
    // Whoever answers may need this processor for it, and may be done when it is given back.
    this.#libc.symbols.sched_yield();
    const bytes = this.#readNow(target);
    if (bytes > 0) return bytes;
    this.#libc.symbols.pollNow(this.#awaited, 1n, shortestDozeMs);
    return this.#readNow(target);
  }

  async #dozeOff(): Promise<void> {
    for (let dozing: unknown; dozing !== this.#dozing;) await (dozing = this.#dozing);
    this.#dozing = undefined;
  }

  #readNow(target: Uint8Array): number {
    const bytes = this.#libc.symbols.read(this.#fd, target, BigInt(target.length));
    if (bytes > 0) return bytes;
    this.gone();
    return 0;
  }

  async #lookAtRest(): Promise<void> {
    while (!this.#closing.signal.aborted) {
      await systemTime.sleep(restLookMs, this.#closing.signal);
      if (this.#resting) this.#wake();
    }
  }
}

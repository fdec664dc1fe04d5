import { BackOff } from "../src/base/back_off.ts";
import { systemTime, type Time } from "../src/base/time.ts";
import type { Libc } from "./libc.ts";

/** Number of bytes of one write; longer than any frame. */
const pieceBytes = 1024;

/** Pauses between two attempts while the system accepts nothing. */
const pauses = { firstMs: 1, longestMs: 16 } as const;

/** Retries of a {@linkcode TerminalWriter}. */
export interface WriterOptions {
  /** Why the port can no longer be written, called after each write without effect; undefined: it can be written. */
  ended(): Error | undefined;
  /**
   * Why the descriptor must not be used any more, called before each use: its number may already belong to another
   * file. It is needed if other code closes the descriptor.
   */
  closed?(): Error | undefined;
  /** @default the machine's own */
  readonly time?: Time;
}

/** Writes to a descriptor opened with O_NONBLOCK. */
export class TerminalWriter {
  readonly #libc: Libc;
  readonly #fd: number;
  readonly #options: WriterOptions;
  /** Buffer for the system call; bytes are copied into it, so that no new buffer is needed for each write. */
  readonly #piece = new Uint8Array(pieceBytes);

  constructor(libc: Libc, fd: number, options: WriterOptions) {
    this.#libc = libc;
    this.#fd = fd;
    this.#options = options;
  }

  /**
   * Writes all bytes. Usually the system accepts them at once. If its buffer is full, the rest is retried after a
   * millisecond, and with growing pauses while nothing is accepted.
   *
   * @returns resolves when all bytes are accepted; undefined: they already are
   * @throws the error that `ended` or `closed` returns
   */
  write(bytes: Uint8Array): Promise<void> | undefined {
    const written = this.#writeSome(bytes);
    return written === bytes.length ? undefined : this.#writeRest(bytes.slice(written));
  }

  async #writeRest(bytes: Uint8Array): Promise<void> {
    const { time = systemTime } = this.#options;
    const backOff = new BackOff(pauses);
    for (let done = 0; done < bytes.length;) {
      const written = this.#writeSome(bytes.subarray(done));
      done += written;
      if (written > 0) backOff.reset();
      else await time.sleep(backOff.failed());
    }
  }

  /** @returns the number of bytes that the system has accepted */
  #writeSome(bytes: Uint8Array): number {
    const closed = this.#options.closed?.();
    if (closed !== undefined) throw closed;
    const length = Math.min(bytes.length, pieceBytes);
    this.#piece.set(length === bytes.length ? bytes : bytes.subarray(0, length));
    const written = this.#libc.symbols.write(this.#fd, this.#piece, BigInt(length));
    if (written > 0) return written;
    const error = this.#options.ended();
    if (error !== undefined) throw error;
    return 0;
  }
}

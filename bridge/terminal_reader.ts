import { ReadStream } from "node:tty";
import { PortClosedError, PortError } from "./errors.ts";

/** Longer than any frame. */
const readBytes = 1024;

/**
 * Reads bytes from an open terminal without blocking and without a thread. The event loop watches the descriptor only
 * while a read waits for bytes.
 */
export class TerminalReader {
  readonly #path: string;
  readonly #stream: ReadStream;
  readonly #released: Promise<void>;
  /** Bytes from the system that no read has returned yet, oldest first. */
  #chunks: Uint8Array[] = [];
  #waiting: { target: Uint8Array; resolve: (bytes: number) => void; reject: (error: Error) => void } | undefined;
  #ended: Error | undefined;

  /**
   * @param fd opened with O_NONBLOCK. The near end of a pseudo-terminal is closed with this reader. Deno opens any
   * other terminal again by its path, and the caller must close this descriptor
   * @param path for messages
   */
  constructor(fd: number, path: string) {
    this.#path = path;
    // One buffer for all reads; by default the stream allocates 64 KB for each
    const onread = { buffer: new Uint8Array(readBytes), callback: this.#take.bind(this) };
    this.#stream = new ReadStream(fd, { onread });
    const released = Promise.withResolvers<void>();
    this.#released = released.promise;
    this.#stream.on("error", (cause: Error) => this.#end(this.#gone(cause)));
    this.#stream.on("end", () => this.#end(this.#gone()));
    this.#stream.on("close", () => {
      this.#end(this.#gone());
      released.resolve();
    });
    this.#stream.pause();
  }

  /** Why nothing more can be read; undefined: reading is possible. */
  get ended(): Error | undefined {
    return this.#ended;
  }

  /**
   * Reads the available bytes, or waits for at least one byte. One read at a time.
   *
   * @throws {PortError} gone: the other side has hung up
   * @throws {PortClosedError} `close` was called
   */
  read(target: Uint8Array): Promise<number> {
    const chunk = this.#chunks.shift();
    if (chunk !== undefined) return Promise.resolve(this.#deliver(chunk, target));
    if (this.#ended !== undefined) return Promise.reject(this.#ended);
    if (this.#waiting !== undefined) return Promise.reject(new TypeError(`${this.#path} is already being read`));
    return new Promise((resolve, reject) => {
      this.#waiting = { target, resolve, reject };
      this.#stream.resume();
    });
  }

  /** Drops the bytes that no read has returned yet. */
  discard(): void {
    this.#chunks = [];
  }

  /** Ends a waiting read and closes the descriptor of the reader. Resolves when that is done. */
  close(): Promise<void> {
    this.#end(new PortClosedError());
    this.#stream.destroy();
    return this.#released;
  }

  /** @returns whether to continue reading */
  #take(bytes: number, buffer: Uint8Array): boolean {
    const waiting = this.#waiting;
    if (waiting === undefined) {
      this.#chunks.push(buffer.slice(0, bytes));
      this.#stream.pause();
      return false;
    }
    this.#waiting = undefined;
    const fit = Math.min(bytes, waiting.target.length);
    waiting.target.set(buffer.subarray(0, fit));
    if (fit < bytes) this.#chunks.push(buffer.slice(fit, bytes));
    waiting.resolve(fit);
    return true;
  }

  #deliver(chunk: Uint8Array, target: Uint8Array): number {
    const now = chunk.subarray(0, target.length);
    target.set(now);
    if (now.length < chunk.length) this.#chunks.unshift(chunk.subarray(now.length));
    return now.length;
  }

  #end(error: Error): void {
    this.#ended ??= error;
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.reject(this.#ended);
  }

  #gone(cause?: Error): PortError {
    return new PortError("gone", `The device ${this.#path} is gone (unplugged or closed)`, { cause });
  }
}

import type { Buffer } from "node:buffer";
import type {
  BindingPortInterface,
  OpenOptions,
  PortStatus,
  SetOptions,
  UpdateOptions,
} from "@serialport/bindings-interface";
import { systemTime } from "../src/base/time.ts";
import type { ByteStream, Precision } from "./byte_stream.ts";
import { PortClosedError } from "./errors.ts";
import { flags, type Libc } from "./libc.ts";
import { type RtsSettings, setRts } from "./rts.ts";
import type { SerialPoll } from "./serial_poll.ts";
import { SerialReader } from "./serial_reader.ts";
import { TerminalWriter } from "./terminal_writer.ts";

/** The control settings of a port; `lowLatency` makes the adapter forward bytes at once. */
export type ControlOptions = SetOptions & { readonly lowLatency?: boolean };

/** The part of the native binding that {@linkcode DenoPort} uses: settings only, never data. */
export interface NativePort extends Pick<BindingPortInterface, "close" | "update" | "get" | "getBaudRate"> {
  set(options: ControlOptions): Promise<void>;
  flush(): Promise<void>;
  drain(): Promise<void>;
}

/**
 * An open serial port for the streams of serialport: settings by the native binding, data by system calls on a
 * separate descriptor.
 */
export class DenoPort implements BindingPortInterface, ByteStream {
  readonly openOptions: Required<OpenOptions>;
  readonly #libc: Libc;
  readonly #fd: number;
  readonly #native: NativePort;
  readonly #reader: SerialReader;
  readonly #writer: TerminalWriter;
  readonly #poll: SerialPoll;
  readonly #pending = new Set<Promise<unknown>>();
  #closed: Promise<void> | undefined;
  /** The last sleep; the poll is left after it. */
  #sleeping: Promise<void> = Promise.resolve();

  /**
   * @param libc closed with the port
   * @param fd the port, opened with O_NONBLOCK; closed with the port
   * @param poll waits for all ports
   */
  constructor(libc: Libc, fd: number, native: NativePort, openOptions: Required<OpenOptions>, poll: SerialPoll) {
    this.openOptions = openOptions;
    this.#libc = libc;
    this.#fd = fd;
    this.#native = native;
    this.#reader = new SerialReader(libc, fd, openOptions.path, poll);
    this.#writer = new TerminalWriter(libc, fd, { ended: () => this.#reader.gone() });
    this.#poll = poll;
  }

  get isOpen(): boolean {
    return this.#closed === undefined;
  }

  close(): Promise<void> {
    return this.#closed ??= this.#close();
  }

  read(buffer: Buffer, offset: number, length: number): Promise<{ buffer: Buffer; bytesRead: number }>;
  read(target: Uint8Array): Promise<number>;
  read(
    target: Uint8Array,
    offset?: number,
    length?: number,
  ): Promise<number | { buffer: Uint8Array; bytesRead: number }> {
    if (offset === undefined || length === undefined) return this.#reader.read(target);
    if (offset + length > target.length) return Promise.reject(new RangeError("The buffer is too small to read into"));
    const part = target.subarray(offset, offset + length);
    return this.#reader.read(part).then((bytesRead) => ({ buffer: target, bytesRead }));
  }

  write(bytes: Uint8Array): Promise<void> {
    if (!this.isOpen) return Promise.reject(new PortClosedError());
    try {
      const taking = this.#writer.write(bytes);
      return taking === undefined ? Promise.resolve() : this.#track(() => taking);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  discardInput(): void {
    if (!this.isOpen) return;
    this.#libc.symbols.tcflush(this.#fd, flags.dropInput);
  }

  discardOutput(): void {
    if (!this.isOpen) return;
    this.#libc.symbols.tcflush(this.#fd, flags.dropOutput);
  }

  expectBytes(ms: number, bytes?: number, precision?: Precision): void {
    if (this.isOpen) this.#reader.expectBytes(ms, bytes, precision);
  }

  get sawArrival(): boolean {
    return this.#reader.sawArrival;
  }

  idle(): void {
    this.#reader.idle();
  }

  sleep(ms: number, precision?: Precision): Promise<void> {
    if (!this.isOpen) return Promise.resolve();
    const waited = ms > 0 ? this.#poll.at(systemTime.mono() + ms, precision) : undefined;
    return this.#sleeping = waited ?? this.#poll.turn();
  }

  /**
   * Sets the use of RTS.
   *
   * @throws {PortError} `unsupported`: the driver of the port cannot do it; `failed`
   */
  setRts(settings: RtsSettings): void {
    const { symbols } = this.#libc;
    setRts(this.openOptions.path, settings, {
      ioctl: (request, argument) => symbols.ioctl(this.#fd, BigInt(request), argument as Uint8Array<ArrayBuffer>),
      errno: () => errnoOf(symbols.__errno_location()),
    });
  }

  update(options: UpdateOptions): Promise<void> {
    return this.#track(() => this.#native.update(options));
  }

  set(options: ControlOptions): Promise<void> {
    return this.#track(() => this.#native.set(options));
  }

  get(): Promise<PortStatus> {
    return this.#track(() => this.#native.get());
  }

  getBaudRate(): Promise<{ baudRate: number }> {
    return this.#track(() => this.#native.getBaudRate());
  }

  flush(): Promise<void> {
    return this.#track(() => this.#native.flush());
  }

  drain(): Promise<void> {
    return this.#track(() => this.#native.drain());
  }

  /** Runs `work` on the open port; `close` waits for it. */
  #track<T>(work: () => Promise<T>): Promise<T> {
    if (!this.isOpen) return Promise.reject(new PortClosedError());
    const outcome = work();
    const done = () => void this.#pending.delete(settled);
    const settled = outcome.then(done, done);
    this.#pending.add(settled);
    return outcome;
  }

  async #close(): Promise<void> {
    await this.#reader.close();
    await Promise.all([...this.#pending, this.#sleeping]);
    await this.#reader.leave();
    try {
      await this.#native.close();
    } finally {
      // Closing alone is not enough: a child process that is being started still has a copy of the descriptor
      this.#libc.symbols.flock(this.#fd, flags.unlock);
      // The last close of a device waits until all bytes are sent, up to 30 s if it is stuck: on a thread
      await this.#libc.symbols.closeSlowly(this.#fd);
      this.#libc.close();
    }
  }
}

function errnoOf(location: Deno.PointerValue): number {
  return location === null ? 0 : new Deno.UnsafePointerView(location).getInt32();
}

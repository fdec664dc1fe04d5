import type { ByteStream, Precision } from "../../bridge/byte_stream.ts";
import { PortError } from "../../bridge/mod.ts";
import type { Time } from "../../src/base/time.ts";
import type { Script } from "./scripted_line.ts";

/** A stream whose far side follows a script, with the given time; it waits for expected bytes like a serial port. */
export class ScriptedStream implements ByteStream {
  /** All requests, in lower-case hex. */
  readonly requests: string[] = [];
  readonly sawArrival = false;
  /** Of each request, how exactly its answer was to be read. */
  readonly precisions: Precision[] = [];
  /** When each of them was sent, monotonic milliseconds. */
  readonly requestedAt: number[] = [];
  /** Number of openings. */
  openings = 0;
  readonly #script: Script;
  readonly #time: Time;
  #closing = new AbortController();
  #plugged = true;
  #arrived: number[] = [];
  #expectedAtMs = -Infinity;
  #wake = () => {};

  constructor(script: Script, time: Time) {
    this.#script = script;
    this.#time = time;
  }

  async read(target: Uint8Array): Promise<number> {
    const { signal } = this.#closing;
    for (let hasSlept = false; !signal.aborted; hasSlept = await this.#sleepUntilExpected(signal)) {
      if (this.#time.mono() < this.#expectedAtMs) continue;
      const bytes = this.#arrived.splice(0, target.length);
      target.set(bytes);
      if (bytes.length > 0 || hasSlept) return bytes.length;
      await new Promise<void>((wake) => this.#wake = wake);
    }
    throw new PortError("gone", "The scripted line is gone");
  }

  write(bytes: Uint8Array): Promise<void> {
    this.requestedAt.push(this.#time.mono());
    void this.#answer(bytes.toHex(), this.requests.push(bytes.toHex()));
    return Promise.resolve();
  }

  discardInput(): void {
    this.#arrived = [];
  }

  discardOutput(): void {}

  expectBytes(ms: number, _bytes?: number, precision: Precision = "exact"): void {
    if (this.precisions.length < this.requests.length) this.precisions.push(precision);
    this.#expectedAtMs = this.#time.mono() + ms;
    this.#wake();
  }

  idle(): void {}

  sleep(ms: number): Promise<void> {
    return this.#time.sleep(ms);
  }

  /**
   * Opens it, also again after `close`; pending answers still arrive.
   *
   * @throws {PortError} not_found: it is unplugged
   */
  open(): Promise<void> {
    if (!this.#plugged) return Promise.reject(new PortError("not_found", "The scripted line is unplugged"));
    this.openings++;
    this.#closing = new AbortController();
    this.#arrived = [];
    this.#expectedAtMs = -Infinity;
    return Promise.resolve();
  }

  /** Hangs up; it cannot be opened until `plug`. */
  unplug(): void {
    this.#plugged = false;
    void this.close();
  }

  plug(): void {
    this.#plugged = true;
  }

  close(): Promise<void> {
    this.#closing.abort();
    this.#wake();
    return Promise.resolve();
  }

  async #answer(request: string, nth: number): Promise<void> {
    const send = (hex: string) => {
      this.#arrived.push(...Uint8Array.fromHex(hex.replaceAll(" ", "")));
      if (this.#time.mono() >= this.#expectedAtMs) this.#wake();
      return Promise.resolve();
    };
    const answer = await this.#script(request, send, nth);
    if (typeof answer === "string") await send(answer);
  }

  async #sleepUntilExpected(signal: AbortSignal): Promise<boolean> {
    const left = this.#expectedAtMs - this.#time.mono();
    if (left <= 0) return false;
    await this.#time.sleep(left, signal);
    return true;
  }
}

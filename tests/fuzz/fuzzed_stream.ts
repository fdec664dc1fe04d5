import type { ByteStream } from "../../bridge/byte_stream.ts";
import { parseRequest, PortError, type RequestFrame } from "../../bridge/mod.ts";
import type { Time } from "../../src/base/time.ts";
import type { FaultyUnits } from "./faulty_units.ts";

/** A line of faulty units as a stream, in whatever time it is given; dozes as a serial port does. */
export class FuzzedStream implements ByteStream {
  /** All requests so far; the number of the first is 1. */
  readonly requests: RequestFrame[] = [];
  readonly #units: FaultyUnits;
  readonly #time: Time;
  readonly #closing = new AbortController();
  #arrived: number[] = [];
  #dozeUntil = -Infinity;
  #wake = () => {};

  constructor(units: FaultyUnits, time: Time) {
    this.#units = units;
    this.#time = time;
  }

  async read(target: Uint8Array): Promise<number> {
    for (let dozed = false; !this.#closing.signal.aborted; dozed = await this.#dozeOff()) {
      if (this.#time.mono() < this.#dozeUntil) continue;
      const bytes = this.#arrived.splice(0, target.length);
      target.set(bytes);
      if (bytes.length > 0 || dozed) return bytes.length;
      await new Promise<void>((wake) => this.#wake = wake);
    }
    throw new PortError("gone", "The fuzzed line is closed");
  }

  write(bytes: Uint8Array): Promise<void> {
    const parsed = parseRequest(bytes);
    if (parsed.kind !== "request") return Promise.reject(new Error(`Not a request: ${bytes.toHex()}`));
    this.requests.push(parsed.request);
    for (
      const { afterMs, bytes: piece } of this.#units.answer(parsed.request, this.requests.length, this.#time.mono())
    ) {
      this.#time.sleep(afterMs, this.#closing.signal).then(() => {
        this.#arrived.push(...piece);
        if (this.#time.mono() >= this.#dozeUntil) this.#wake();
      });
    }
    return Promise.resolve();
  }

  discardInput(): void {
    this.#arrived = [];
  }

  discardOutput(): void {}

  doze(ms: number): void {
    this.#dozeUntil = this.#time.mono() + ms;
    this.#wake();
  }

  idle(): void {}

  rest(ms: number): Promise<void> {
    return this.#time.sleep(ms);
  }

  close(): Promise<void> {
    this.#closing.abort();
    this.#wake();
    return Promise.resolve();
  }

  async #dozeOff(): Promise<boolean> {
    const left = this.#dozeUntil - this.#time.mono();
    if (left <= 0) return false;
    await this.#time.sleep(left, this.#closing.signal);
    return true;
  }
}

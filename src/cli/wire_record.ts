import type { Tap } from "../../bridge/mod.ts";
import { spacedHex } from "../base/hex.ts";

/** What went over the wire in one direction without a byte in the other one between. */
export interface WireFrame {
  readonly direction: "sent" | "received";
  /** Milliseconds since the record began, of its first byte. */
  readonly atMs: number;
  /** Upper-case hex, a blank between two bytes. */
  readonly hex: string;
}

/** Records what a line sends and receives. */
export class WireRecord {
  readonly #mono: () => number;
  #begunAtMs: number;
  #frames: { direction: "sent" | "received"; atMs: number; bytes: number[] }[] = [];

  /** @param mono monotonic milliseconds */
  constructor(mono: () => number) {
    this.#mono = mono;
    this.#begunAtMs = mono();
  }

  /** For the line. */
  readonly tap: Tap = (direction, bytes) => {
    const last = this.#frames.at(-1);
    if (direction === "received" && last?.direction === direction) return void last.bytes.push(...bytes);
    this.#frames.push({ direction, atMs: this.#mono() - this.#begunAtMs, bytes: [...bytes] });
  };

  /** What was recorded since the last call, and a new beginning. */
  take(): WireFrame[] {
    const frames = this.#frames.map(({ direction, atMs, bytes }) => ({ direction, atMs, hex: spacedHex(bytes, 1) }));
    this.#frames = [];
    this.#begunAtMs = this.#mono();
    return frames;
  }
}

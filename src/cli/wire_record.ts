import type { Tap } from "../../bridge/mod.ts";
import { spacedHex } from "../base/hex.ts";

/** Consecutive bytes on the wire in one direction. */
export interface WireFrame {
  readonly direction: "sent" | "received";
  /** Time of its first byte, in milliseconds since the recording started. */
  readonly atMs: number;
  /** Upper-case hex, with a space between bytes. */
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

  /** The tap to pass to a line. */
  readonly tap: Tap = (direction, bytes) => {
    const last = this.#frames.at(-1);
    if (direction === "received" && last?.direction === direction) return void last.bytes.push(...bytes);
    this.#frames.push({ direction, atMs: this.#mono() - this.#begunAtMs, bytes: [...bytes] });
  };

  /** Whether any bytes were received since the last `take()`. */
  get hasReceived(): boolean {
    return this.#frames.some(({ direction }) => direction === "received");
  }

  /** Returns the frames since the last call, and restarts the recording. */
  take(): WireFrame[] {
    const frames = this.#frames.map(({ direction, atMs, bytes }) => ({ direction, atMs, hex: spacedHex(bytes, 1) }));
    this.#frames = [];
    this.#begunAtMs = this.#mono();
    return frames;
  }
}

import { type WireSettings, wireTimeMs } from "../../bridge/mod.ts";

/** Milliseconds of silence between two frames: 3.5 characters, above 19200 baud a fixed 1.75 ms. */
export function silenceMs(wire: WireSettings): number {
  return wire.baudrate > 19200 ? 1.75 : wireTimeMs(wire, 3.5);
}

/** What a meter takes from the end of a request to the beginning of its answer, where it was not measured. */
export const usualTurnaroundMs = 5;

/** A request of 8 bytes, and the frame around the registers of its answer. */
const readFrameBytes = 8 + 5;

/** Milliseconds that a read of `words` registers takes of a line: bytes, turnaround and the silence behind it. */
export function readCostMs(wire: WireSettings, words: number, turnaroundMs: number): number {
  return wireTimeMs(wire, readFrameBytes + 2 * words) + turnaroundMs + silenceMs(wire);
}

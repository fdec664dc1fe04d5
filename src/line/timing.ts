import { type Precision, type WireSettings, wireTimeMs } from "../../bridge/mod.ts";
import { answerBytes, requestBytes } from "../modbus/mod.ts";

/**
 * How exactly an answer is read: {@linkcode Precision}, or `awaited`: a caller waits for this answer, so the read is exact
 * and begins a little early.
 */
export type Watch = Precision | "awaited";

/** Milliseconds of silence between two frames: 3.5 characters, above 19200 baud a fixed 1.75 ms. */
export function silenceMs(wire: WireSettings): number {
  return wire.baudrate > 19200 ? 1.75 : wireTimeMs(wire, 3.5);
}

/** Assumed time from the end of a request to the beginning of the answer before it is measured. */
export const usualTurnaroundMs = 5;

/** Milliseconds that a read of `words` registers occupies a line: bytes, turnaround and the silence after it. */
export function readCostMs(wire: WireSettings, words: number, turnaroundMs: number): number {
  return wireTimeMs(wire, requestBytes(4, words) + answerBytes(4, words)) + turnaroundMs + silenceMs(wire);
}

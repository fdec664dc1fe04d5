import { type WireSettings, wireTimeMs } from "../../bridge/mod.ts";
import { answerBytes, requestBytes } from "../modbus/mod.ts";

/** Milliseconds of silence between two frames: 3.5 characters, above 19200 baud a fixed 1.75 ms. */
export function silenceMs(wire: WireSettings): number {
  return wire.baudrate > 19200 ? 1.75 : wireTimeMs(wire, 3.5);
}

/** What a meter takes from the end of a request to the beginning of its answer, where it was not measured. */
export const usualTurnaroundMs = 5;

/** Milliseconds that a read of `words` registers takes of a line: bytes, turnaround and the silence behind it. */
export function readCostMs(wire: WireSettings, words: number, turnaroundMs: number): number {
  return wireTimeMs(wire, requestBytes(4, words) + answerBytes(4, words)) + turnaroundMs + silenceMs(wire);
}

/** What decides how long a character takes on a line. */
export interface WireSettings {
  /** Bits per second. */
  readonly baudrate: number;
  /** Parity bit. */
  readonly parity: "none" | "odd" | "even";
  /** Stop bits after each character. */
  readonly stopBits: 1 | 2;
}

/** Bits of one character: start bit, eight data bits, parity bit if any, stop bits. 10 for 8N1. */
export function bitsPerCharacter(wire: WireSettings): number {
  return 9 + (wire.parity === "none" ? 0 : 1) + wire.stopBits;
}

/** Milliseconds that `bytes` characters take on the wire. */
export function wireTimeMs(wire: WireSettings, bytes: number): number {
  return bytes * bitsPerCharacter(wire) * 1000 / wire.baudrate;
}

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

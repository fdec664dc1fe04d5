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

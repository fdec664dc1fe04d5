/** The settings that determine the duration of a character on a line. */
export interface WireSettings {
  /** Bits per second, 300..921600. */
  readonly baudrate: number;
  /** Parity bit of each character. */
  readonly parity: "none" | "odd" | "even";
  /** Stop bits of each character. */
  readonly stopBits: 1 | 2;
}

/** Number of bits of a character: start bit, eight data bits, optional parity bit, stop bits. 10 for 8N1. */
export function bitsPerCharacter(wire: WireSettings): number {
  return 9 + (wire.parity === "none" ? 0 : 1) + wire.stopBits;
}

/** Duration of `bytes` characters on the wire, in milliseconds. */
export function wireTimeMs(wire: WireSettings, bytes: number): number {
  return bytes * bitsPerCharacter(wire) * 1000 / wire.baudrate;
}

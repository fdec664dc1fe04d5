import { withCrc } from "./crc16.ts";

/**
 * Builds the answer to a read (function 03 or 04).
 *
 * @param data two bytes per register, at most 250
 */
export function readAnswer(unit: number, functionCode: number, data: Uint8Array): Uint8Array {
  return withCrc(Uint8Array.of(unit, functionCode, data.length, ...data));
}

/** Builds the answer to a write of several registers (function 16). */
export function writeAnswer(unit: number, address: number, count: number): Uint8Array {
  return withCrc(Uint8Array.of(unit, 16, address >> 8, address & 0xff, count >> 8, count & 0xff));
}

/** Builds an exception; `exception` is its number, for example 2: illegal data address. */
export function exceptionAnswer(unit: number, functionCode: number, exception: number): Uint8Array {
  return withCrc(Uint8Array.of(unit, functionCode | 0x80, exception));
}

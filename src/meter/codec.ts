import { hex } from "../base/hex.ts";

/**
 * Encoding of a value in its words, the most significant byte of each word first (table "Encodings" of
 * `docs/meters.md`).
 * - `u16`, `i16`: one word
 * - `u32`, `i32`: two words, in the {@linkcode WordOrder} of the meter
 * - `u64`, `i64`: four words, likewise; a value beyond 2^53 is not exact as a number and has no value
 * - `char`: two UTF-8 bytes in a word; the text ends at the first NUL, or with the field
 * - `lowChar`: one character in the low byte of each word
 */
export type Encoding = "u16" | "i16" | "i32" | "u32" | "i64" | "u64" | "char" | "lowChar";

/** The word that comes first in a value of several words: the least significant one is usual (`low_first`). */
export type WordOrder = "low_first" | "high_first";

/** One value of a block. */
export interface Field {
  /** Zero-based wire address of its first word, 0..65535: the six-digit number of the manufacturer less 300001. */
  readonly at: number;
  /** Encoding of the value. */
  readonly as: Encoding;
  /** Length of a text in words; the encoding of a number determines its length. */
  readonly words?: number;
  /** Unit of the value; absent for counts, codes and texts. */
  readonly unit?: string;
  /** Power of ten that converts the integer to `unit`: -1 for tenths. */
  readonly exp?: number;
  /** Integers that mean "no value", in addition to those for "over range". */
  readonly absent?: readonly number[];
}

/** Type of a decoded field: text for characters, otherwise a number. */
export type ValueOf<F extends Field> = F["as"] extends "char" | "lowChar" ? string : number;

const numberWords = { u16: 1, i16: 1, i32: 2, u32: 2, i64: 4, u64: 4 } as const;

/** Number of words of a field. */
export function wordsOf(field: Field): number {
  if (field.as === "char" || field.as === "lowChar") return field.words ?? 1;
  return numberWords[field.as];
}

/**
 * The value of one field, in its unit.
 *
 * @throws {RangeError} a 64-bit value is not exact as a number
 */
export function decodeField(field: Field, bytes: Uint8Array): string | number {
  if (field.as === "char") return text(bytes);
  if (field.as === "lowChar") return text(bytes.filter((_, index) => index % 2 === 1));
  return scaled(field, decodeInteger(field, bytes));
}

/**
 * The unscaled integer in the register of a number.
 *
 * @throws {RangeError} a 64-bit value is not exact as a number
 */
export function decodeInteger(field: Field, bytes: Uint8Array, order: WordOrder = "low_first"): number {
  if (field.as === "char" || field.as === "lowChar") throw new TypeError(`Register ${hex(field.at)}h contains a text`);
  return integer(field.as, order === "low_first" ? bytes : reversedWords(bytes));
}

function reversedWords(bytes: Uint8Array): Uint8Array {
  return bytes.map((_, index) => bytes[bytes.length - (index | 1) - 1 + (index & 1)] ?? 0);
}

/** Converts an integer to the unit of `field`. Divides, so that 2301 tenths are exactly 230.1. */
export function scaled({ exp = 0 }: Field, raw: number): number {
  return exp < 0 ? raw / 10 ** -exp : raw * 10 ** exp;
}

/**
 * The words of an integer, low word first, most significant byte of each word first.
 *
 * @throws {RangeError} the value does not fit the encoding
 */
export function encodeInteger(as: Exclude<Encoding, "char" | "lowChar">, value: number | bigint): Uint8Array {
  const words = numberWords[as];
  const bits = BigInt(words * 16);
  const whole = BigInt(value);
  const [min, max] = as.startsWith("i") ? [-(1n << (bits - 1n)), (1n << (bits - 1n)) - 1n] : [0n, (1n << bits) - 1n];
  if (whole < min || whole > max) {
    throw new RangeError(`Cannot encode ${whole} as ${as}: the range is ${min} to ${max}`);
  }
  const bytes = new Uint8Array(words * 2);
  for (let word = 0; word < words; word++) {
    const part = Number(BigInt.asUintN(16, whole >> BigInt(16 * word)));
    bytes[word * 2] = part >> 8;
    bytes[word * 2 + 1] = part & 0xff;
  }
  return bytes;
}

/**
 * The used words of a CHAR field: UTF-8, NUL-terminated, the last word padded with NUL. `"AB"` is 4142h 0000h.
 * Text longer than `words * 2 - 1` bytes is cut, never inside a character; then `cut` is true.
 */
export function encodeText(value: string, words: number): { bytes: Uint8Array; cut: boolean } {
  const kept = cutText(value, words * 2 - 1);
  const used = new TextEncoder().encode(kept);
  const bytes = new Uint8Array(Math.floor(used.length / 2) * 2 + 2);
  bytes.set(used);
  return { bytes, cut: kept !== value };
}

/** The longest prefix of `value` with at most `maxBytes` bytes of UTF-8 that does not split a character. */
export function cutText(value: string, maxBytes: number): string {
  let used = 0;
  let end = 0;
  for (const character of value) {
    used += new TextEncoder().encode(character).length;
    if (used > maxBytes) break;
    end += character.length;
  }
  return value.slice(0, end);
}

/** The bytes without trailing NULs. */
export function withoutTrailingNuls(bytes: Uint8Array): Uint8Array {
  return bytes.subarray(0, bytes.findLastIndex((byte) => byte !== 0) + 1);
}

function text(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
}

function integer(as: Exclude<Encoding, "char" | "lowChar">, bytes: Uint8Array): number {
  const words = numberWords[as];
  if (words < 4) return smallInteger(as, words, bytes);
  let value = 0n;
  for (let word = numberWords[as] - 1; word >= 0; word--) {
    value = value << 16n | BigInt((bytes[word * 2] ?? 0) << 8 | (bytes[word * 2 + 1] ?? 0));
  }
  if (as.startsWith("i")) value = BigInt.asIntN(numberWords[as] * 16, value);
  const exact = Number(value);
  if (!Number.isSafeInteger(exact)) throw new RangeError(`Cannot decode ${value}: not exact as a number (beyond 2^53)`);
  return exact;
}

/** Decodes one or two words, which need no bigint. */
function smallInteger(as: string, words: number, bytes: Uint8Array): number {
  // By index: destructuring creates an iterator and an object for each byte
  const low = (bytes[0] ?? 0) << 8 | (bytes[1] ?? 0);
  if (words === 1) return as === "i16" ? low << 16 >> 16 : low;
  const value = ((bytes[2] ?? 0) << 8 | (bytes[3] ?? 0)) << 16 | low;
  return as === "i32" ? value : value >>> 0;
}

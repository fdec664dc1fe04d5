import { hex } from "../base/hex.ts";

/** How a value lies in its words (`docs/meters.md`, encodings). */
export type Encoding = "u16" | "i16" | "i32" | "u32" | "i64" | "u64" | "char" | "lowChar";

/** Which word of a value in several comes first. */
export type WordOrder = "low_first" | "high_first";

/** One value of a block. */
export interface Field {
  /** Zero-based wire address of its first word. */
  readonly at: number;
  /** How the value lies in them. */
  readonly as: Encoding;
  /** Length in words of a text; numbers know their own. */
  readonly words?: number;
  /** What the value is measured in; absent for counts, codes and texts. */
  readonly unit?: string;
  /** Power of ten that turns the register's integer into `unit`: -1 for tenths. */
  readonly exp?: number;
  /** Integers that stand for no value, beside those of "over range". */
  readonly absent?: readonly number[];
}

/** What a field gives: texts for characters, else a number. */
export type ValueOf<F extends Field> = F["as"] extends "char" | "lowChar" ? string : number;

const numberWords = { u16: 1, i16: 1, i32: 2, u32: 2, i64: 4, u64: 4 } as const;

/** Words that a field takes. */
export function wordsOf(field: Field): number {
  if (field.as === "char" || field.as === "lowChar") return field.words ?? 1;
  return numberWords[field.as];
}

/**
 * The value of one field, in its unit.
 *
 * @throws {RangeError} when a 64-bit value is not exact as a number
 */
export function decodeField(field: Field, bytes: Uint8Array): string | number {
  if (field.as === "char") return text(bytes);
  if (field.as === "lowChar") return text(bytes.filter((_, index) => index % 2 === 1));
  return scaled(field, decodeInteger(field, bytes));
}

/**
 * The integer in the register of a number, not scaled.
 *
 * @throws {RangeError} when a 64-bit value is not exact as a number
 */
export function decodeInteger(field: Field, bytes: Uint8Array, order: WordOrder = "low_first"): number {
  if (field.as === "char" || field.as === "lowChar") throw new TypeError(`Register ${hex(field.at)}h holds a text`);
  return integer(field.as, order === "low_first" ? bytes : reversedWords(bytes));
}

function reversedWords(bytes: Uint8Array): Uint8Array {
  return bytes.map((_, index) => bytes[bytes.length - (index | 1) - 1 + (index & 1)] ?? 0);
}

/** The register's integer in the unit of `field`; by dividing, so that 2301 tenths is 230.1 exactly. */
export function scaled({ exp = 0 }: Field, raw: number): number {
  return exp < 0 ? raw / 10 ** -exp : raw * 10 ** exp;
}

/**
 * The words of an integer, low word first, most significant byte of each word first.
 *
 * @throws {RangeError} when the value does not fit the encoding
 */
export function encodeInteger(as: Exclude<Encoding, "char" | "lowChar">, value: number | bigint): Uint8Array {
  const words = numberWords[as];
  const bits = BigInt(words * 16);
  const whole = BigInt(value);
  const [least, most] = as.startsWith("i") ? [-(1n << (bits - 1n)), (1n << (bits - 1n)) - 1n] : [0n, (1n << bits) - 1n];
  if (whole < least || whole > most) throw new RangeError(`Cannot encode ${whole} as ${as}: ${least} to ${most} fits`);
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
 * Text longer than `words * 2 - 1` bytes is cut, never inside a character; `cut` tells.
 */
export function encodeText(value: string, words: number): { bytes: Uint8Array; cut: boolean } {
  const kept = cutText(value, words * 2 - 1);
  const used = new TextEncoder().encode(kept);
  const bytes = new Uint8Array(Math.floor(used.length / 2) * 2 + 2);
  bytes.set(used);
  return { bytes, cut: kept !== value };
}

/** The longest start of `value` that takes at most `maxBytes` bytes of UTF-8 and ends at a character's border. */
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

/** The bytes up to the last one that is not NUL. */
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

/** Of one word or two, which need no big integers. */
function smallInteger(as: string, words: number, bytes: Uint8Array): number {
  const [low0 = 0, low1 = 0, high0 = 0, high1 = 0] = bytes;
  const low = low0 << 8 | low1;
  if (words === 1) return as === "i16" ? low << 16 >> 16 : low;
  const value = (high0 << 8 | high1) << 16 | low;
  return as === "i32" ? value : value >>> 0;
}

import { encodeInteger, type Field, wordsOf } from "../meter/mod.ts";

/**
 * Encodes all words of a field: a number is scaled and rounded to the resolution of the register; a text is padded with
 * NUL.
 *
 * @throws {RangeError} the value does not fit
 */
export function encodeField(field: Field, value: number | bigint | string): Uint8Array {
  if (field.as === "char" || field.as === "lowChar") {
    return encodeCharacters(String(value), wordsOf(field), field.as === "char" ? 1 : 2);
  }
  return encodeInteger(field.as, typeof value === "bigint" ? value : raw(field, Number(value)));
}

/** Rounds `value` to the resolution of the register of `field`. */
export function roundTo(field: Field, value: number): number {
  const exp = field.exp ?? 0;
  return exp < 0 ? raw(field, value) / 10 ** -exp : raw(field, value) * 10 ** exp;
}

function raw(field: Field, value: number): number {
  const exp = field.exp ?? 0;
  return Math.round(exp < 0 ? value * 10 ** -exp : value / 10 ** exp);
}

function encodeCharacters(value: string, words: number, bytesEach: 1 | 2): Uint8Array {
  const characters = new TextEncoder().encode(value);
  const bytes = new Uint8Array(words * 2);
  if (characters.length * bytesEach > bytes.length) {
    throw new RangeError(`Cannot encode "${value}": ${words} words hold ${bytes.length / bytesEach} characters`);
  }
  characters.forEach((character, index) => bytes[index * bytesEach + bytesEach - 1] = character);
  return bytes;
}

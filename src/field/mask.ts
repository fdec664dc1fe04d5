import { spacedHex } from "../base/hex.ts";

/** The character that replaces each masked one. */
const mark = "x";
const markByte = mark.charCodeAt(0);

/** Hides texts, such as serial numbers, in texts and in frames. */
export class Mask {
  readonly #texts = new Set<string>();

  /** Hides `text` from now on. Texts of fewer than four characters are not hidden, because they can occur by chance. */
  hide(text: string): void {
    if (text.length >= 4) this.#texts.add(text);
  }

  /** Masks hidden texts in a text: as plain text, and as registers in hex. */
  text(value: string): string {
    return [...this.#texts].flatMap(inTexts).reduce((text, hidden) => text.replace(hidden, masked), value);
  }

  /** Masks hidden texts in bytes: with two characters per register, and with one. */
  bytes(value: Uint8Array): Uint8Array {
    const result = value.slice();
    for (const hidden of this.#texts) {
      const packed = new TextEncoder().encode(hidden);
      for (const step of [1, 2]) replace(result, packed, step);
    }
    return result;
  }
}

/** Patterns for a text: as plain text, and as upper-case hex of registers with two characters or one. */
function inTexts(hidden: string): RegExp[] {
  const digits = spacedHex(new TextEncoder().encode(hidden), 1).split(" ");
  return [RegExp.escape(hidden), digits.join(" ?"), digits.join(" ?00")].map((pattern) => new RegExp(pattern, "g"));
}

function masked(found: string): string {
  return found.replaceAll(/\S/g, mark);
}

/** @param step distance of two characters */
function replace(bytes: Uint8Array, pattern: Uint8Array, step: number): void {
  for (let at = 0; at + (pattern.length - 1) * step < bytes.length; at++) {
    if (!pattern.every((byte, index) => bytes[at + index * step] === byte)) continue;
    for (let index = 0; index < pattern.length; index++) bytes[at + index * step] = markByte;
  }
}

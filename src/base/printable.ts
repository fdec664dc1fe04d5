/**
 * What a terminal or a viewer of logs obeys instead of showing it: control characters (C0, DEL, C1), line and paragraph
 * separators, and characters that format without being seen, as those that turn the direction of writing.
 */
const obeyed = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;
const short: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** A text as one line that shows all of its characters: `\n`, `\x1b`, `\u202e` for those that would act instead. */
export function printable(text: string): string {
  return text.replace(obeyed, (character) => short[character] ?? escaped(character));
}

/**
 * JSON of a value that is safe to show: `JSON.stringify` leaves DEL, C1 and the separators as they are, here they are
 * escaped. A parser reads the same value.
 *
 * @param space indents, as with `JSON.stringify`
 */
export function printableJson(value: unknown, space?: number): string {
  return JSON.stringify(value, null, space).replace(
    obeyed,
    (character) => character === "\n" ? character : units(character).map((unit) => `\\u${hex(unit, 4)}`).join(""),
  );
}

function escaped(character: string): string {
  return units(character).map((unit) => unit > 0xff ? `\\u${hex(unit, 4)}` : `\\x${hex(unit, 2)}`).join("");
}

function units(character: string): number[] {
  return Array.from({ length: character.length }, (_, index) => character.charCodeAt(index));
}

function hex(unit: number, digits: number): string {
  return unit.toString(16).padStart(digits, "0");
}

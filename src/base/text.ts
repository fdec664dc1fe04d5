/**
 * Characters that a terminal or log viewer executes instead of showing: control characters (C0, DEL, C1), line and
 * paragraph separators, and invisible format characters such as those that change the text direction.
 */
const executedCharacters = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;
const short: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** A text as one line in which such characters are visible: `\n`, `\x1b`, `\u202e`. */
export function printable(text: string): string {
  return text.replace(executedCharacters, (character) => short[character] ?? escaped(character));
}

/**
 * JSON that is safe to print: unlike `JSON.stringify`, it escapes DEL, C1 and the separators, too. A parser reads the
 * same value.
 *
 * @param space indents, as with `JSON.stringify`
 */
export function printableJson(value: unknown, space?: number): string {
  return JSON.stringify(value, null, space).replace(
    executedCharacters,
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

/** `1 record`, `2 records`. */
export function countText(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}

/** The first lines of a text in one line, with the number of those that are left out. */
export function firstLines(text: string, max: number): string {
  const lines = text.split("\n");
  const more = lines.length > max ? [`${lines.length - max} more`] : [];
  return [...lines.slice(0, max), ...more].join("; ");
}

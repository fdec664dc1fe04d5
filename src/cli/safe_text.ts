import { printable, printableJson } from "../base/printable.ts";

declare const safe: unique symbol;

/** A text that may go to standard output or standard error. Only the functions of this file make one. */
export type SafeText = string & { readonly [safe]: true };

/** Lines for people: each text becomes one line, and characters that a terminal would obey are shown escaped. */
export function lines(...texts: readonly string[]): SafeText {
  return asSafe(texts.map((text) => `${printable(text)}\n`).join(""));
}

/** Lines for people, from a text that is made of lines: help, YAML. Values in it must not bring lines of their own. */
export function linesOf(text: string): SafeText {
  return lines(...text.replace(/\n$/, "").split("\n"));
}

/** A value as one line of JSON for programs. */
export function jsonLine(value: unknown): SafeText {
  return asSafe(`${printableJson(value)}\n`);
}

/** A value as indented JSON for people. */
export function jsonLines(value: unknown): SafeText {
  return asSafe(`${printableJson(value, 2)}\n`);
}

/** A text that must leave as it is: records for a program, control sequences of our own. Never for values in a sentence. */
export function exactly(text: string): SafeText {
  return asSafe(text);
}

/** The one place where the mark is given. */
function asSafe(text: string): SafeText {
  return text as SafeText;
}

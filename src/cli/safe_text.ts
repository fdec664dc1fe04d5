import { printable, printableJson } from "../base/text.ts";

declare const safe: unique symbol;

/** A text that may be written to standard output or standard error. Only the functions of this file create one. */
export type SafeText = string & { readonly [safe]: true };

/** Lines of text: each text becomes one line. Control characters are escaped. */
export function lines(...texts: readonly string[]): SafeText {
  return asSafe(texts.map((text) => `${printable(text)}\n`).join(""));
}

/** Lines of a multi-line text: help, YAML. Values in it must not contain line breaks. */
export function linesOf(text: string): SafeText {
  return lines(...text.replace(/\n$/, "").split("\n"));
}

/** A value as one line of JSON. */
export function jsonLine(value: unknown): SafeText {
  return asSafe(`${printableJson(value)}\n`);
}

/** A value as indented JSON. */
export function jsonLines(value: unknown): SafeText {
  return asSafe(`${printableJson(value, 2)}\n`);
}

/**
 * A text that is written unchanged: records for a program, or our own control sequences. Never use it for values in a
 * sentence.
 */
export function unescaped(text: string): SafeText {
  return asSafe(text);
}

/** The only place that marks a text as safe. */
function asSafe(text: string): SafeText {
  return text as SafeText;
}

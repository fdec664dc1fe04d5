import { type Command, InvalidArgumentError } from "commander";
import { baudrates } from "../base/baudrates.ts";
import { subjectPrefix, subjectToken } from "../base/subject_tokens.ts";

/**
 * Returns the examples at the end of a command's help.
 *
 * @param lines command lines with `wattseal`; the help shows how the program is called in this installation
 */
export function example(...lines: readonly string[]): (context: { readonly command: Command }) => string {
  return ({ command }) => {
    const call = rootOf(command).name();
    const shown = lines.map((line) => `  ${line.replaceAll(/\bwattseal (?=[a-z])/g, `${call} `)}`);
    return `\n${lines.length > 1 ? "Examples" : "Example"}:\n${shown.join("\n")}`;
  };
}

function rootOf(command: Command): Command {
  return command.parent === null ? command : rootOf(command.parent);
}

/** Parses one token of a subject: the name of a site or of a meter. */
export function token(text: string): string {
  return matching(text, subjectToken);
}

/** Parses the prefix of all subjects. */
export function prefix(text: string): string {
  return matching(text, subjectPrefix);
}

function matching(text: string, { pattern, allowed }: { readonly pattern: RegExp; readonly allowed: string }): string {
  if (!pattern.test(text)) throw new InvalidArgumentError(`Allowed: ${allowed}.`);
  return text;
}

/** Parses a baud rate. The same rates are allowed in a configuration. */
export function baudrate(text: string): number {
  const rate = baudrates.find((known) => String(known) === text.trim());
  if (rate === undefined) throw new InvalidArgumentError(`Allowed: ${baudrates.join(", ")}.`);
  return rate;
}

/** Returns a parser of whole numbers from `minimum` to `maximum`. */
export function wholeNumber(minimum: number, maximum: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < minimum || value > maximum) {
      throw new InvalidArgumentError(`Allowed: a whole number from ${minimum} to ${maximum}.`);
    }
    return value;
  };
}

/** Returns a parser of lists of whole numbers and ranges, all from `minimum` to `maximum`: `1,3,7-9`. */
export function wholeNumbers(minimum: number, maximum: number): (text: string) => number[] {
  const parseNumber = wholeNumber(minimum, maximum);
  return (text) => {
    const numbers = text.split(",").flatMap((part) => {
      const [, first, last] = /^(\d+)-(\d+)$/.exec(part) ?? [undefined, part, part];
      const [from, to] = [parseNumber(first ?? ""), parseNumber(last ?? "")];
      if (from > to) throw new InvalidArgumentError(`The range ${part} ends before it begins.`);
      return Array.from({ length: to - from + 1 }, (_, index) => from + index);
    });
    return [...new Set(numbers)];
  };
}

/** Parses a day (its start, 00:00 UTC) or a time with its offset. Returns milliseconds since 1970. */
export function dayOrTime(text: string): number {
  const isDay = /^\d{4}-\d\d-\d\d$/.test(text);
  const isTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)$/.test(text);
  const value = isDay || isTime ? Date.parse(text) : NaN;
  const isCalendarDay = new Date(Date.parse(`${text.slice(0, 10)}T00:00Z`) || 0).toISOString().startsWith(
    text.slice(0, 10),
  );
  if (Number.isNaN(value) || !isCalendarDay) {
    throw new InvalidArgumentError("Allowed: a day (2026-01-31) or a time with its offset (2026-01-31T08:00:00Z).");
  }
  return value;
}

import { InvalidArgumentError } from "commander";
import { baudrates } from "../base/baudrates.ts";
import { subjectPrefix, subjectToken } from "../base/subject_tokens.ts";

/** The end of a command's help. */
export function example(...lines: readonly string[]): string {
  return `\n${lines.length > 1 ? "Examples" : "Example"}:\n${lines.map((line) => `  ${line}`).join("\n")}`;
}

/** A parser of one token of a subject: the name of a site or of a meter. */
export function token(text: string): string {
  return matching(text, subjectToken);
}

/** A parser of the first tokens of all subjects. */
export function prefix(text: string): string {
  return matching(text, subjectPrefix);
}

function matching(text: string, { pattern, allowed }: { readonly pattern: RegExp; readonly allowed: string }): string {
  if (!pattern.test(text)) throw new InvalidArgumentError(`Allowed: ${allowed}.`);
  return text;
}

/** A parser of the rates that a configuration allows as well. */
export function baudrate(text: string): number {
  const rate = baudrates.find((known) => String(known) === text.trim());
  if (rate === undefined) throw new InvalidArgumentError(`Allowed: ${baudrates.join(", ")}.`);
  return rate;
}

/** A parser of whole numbers from `least` to `most`. */
export function whole(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < least || value > most) {
      throw new InvalidArgumentError(`Allowed: a whole number from ${least} to ${most}.`);
    }
    return value;
  };
}

/** A parser of lists of whole numbers and ranges of them, all from `least` to `most`: `1,3,7-9`. */
export function wholes(least: number, most: number): (text: string) => number[] {
  const one = whole(least, most);
  return (text) => {
    const numbers = text.split(",").flatMap((part) => {
      const [, first, last] = /^(\d+)-(\d+)$/.exec(part) ?? [undefined, part, part];
      const [from, to] = [one(first ?? ""), one(last ?? "")];
      if (from > to) throw new InvalidArgumentError(`The range ${part} is the wrong way round.`);
      return Array.from({ length: to - from + 1 }, (_, index) => from + index);
    });
    return [...new Set(numbers)];
  };
}

/** A parser of moments: a day, which begins at 00:00 UTC, or a time with its offset; milliseconds since 1970. */
export function moment(text: string): number {
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

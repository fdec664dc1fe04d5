import { InvalidArgumentError } from "commander";

/** The end of a command's help. */
export function example(...lines: readonly string[]): string {
  return `\n${lines.length > 1 ? "Examples" : "Example"}:\n${lines.map((line) => `  ${line}`).join("\n")}`;
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

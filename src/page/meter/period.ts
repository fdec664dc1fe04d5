import { dayMs, hourMs } from "../../base/time.ts";

/** The periods of the charts. */
export const periods = ["hour", "day"] as const;

/** One of {@linkcode periods}. */
export type Period = typeof periods[number];

/** Length of a period, in milliseconds. */
export const periodMs: Readonly<Record<Period, number>> = { hour: hourMs, day: dayMs };

/** The period of an address. */
export function periodOf(query: URLSearchParams): Period {
  return query.get("period") === "day" ? "day" : "hour";
}

import { dayMs, hourMs, minuteMs } from "../base/time.ts";
import { zoneOffsetMinutes } from "../base/time_zone.ts";

/** A day of a time zone. */
export interface LocalDay {
  /** `2026-03-29`. */
  readonly day: string;
  /** IANA name. */
  readonly timeZone: string;
  /** Milliseconds since 1970 of its first moment, and of that of the next day. */
  readonly startMs: number;
  readonly endMs: number;
}

/**
 * A day of a time zone; 23 or 25 hours long when the clocks change.
 *
 * @param day `YYYY-MM-DD`, a day of the calendar
 * @param timeZone a name that `isTimeZone` accepts
 */
export function localDay(day: string, timeZone: string): LocalDay {
  const dateMs = Date.parse(`${day}T00:00:00Z`);
  return { day, timeZone, startMs: firstMs(dateMs, timeZone), endMs: firstMs(dateMs + dayMs, timeZone) };
}

/** The first moment whose local time is at or after a date. Offsets from UTC are multiples of a quarter of an hour. */
function firstMs(dateMs: number, timeZone: string): number {
  const quarterMs = 15 * minuteMs;
  let atMs = dateMs - 15 * hourMs;
  while (atMs + zoneOffsetMinutes(timeZone, atMs) * minuteMs < dateMs) atMs += quarterMs;
  return atMs;
}

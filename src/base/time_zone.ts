import { minuteMs } from "./time.ts";

/** Whether a name is in the IANA database, for example `Europe/Berlin`. */
export function isTimeZone(name: string): boolean {
  try {
    formatOf(name);
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/**
 * Minutes by which the local time of a zone is ahead of UTC at a given time, including daylight saving time.
 *
 * @param zone a name that {@linkcode isTimeZone} accepts
 * @param atMs milliseconds since 1970
 */
export function zoneOffsetMinutes(zone: string, atMs: number): number {
  const parts = new Map(formatOf(zone).formatToParts(atMs).map(({ type, value }) => [type, Number(value)]));
  const of = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0;
  const localMs = Date.UTC(of("year"), of("month") - 1, of("day"), of("hour"), of("minute"));
  return (localMs - Math.floor(atMs / minuteMs) * minuteMs) / minuteMs;
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat("en-US", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
  });
}

/** State of the meter's clock: unsynchronised, informative, synchronised, or relative (only durations are reliable). */
export type TimeFlag = "U" | "I" | "S" | "R";

/** A parsed TM. */
export interface TimeMark {
  readonly epochMs: number;
  /** Absent if the meter wrote no known flag. */
  readonly flag?: TimeFlag;
}

// Beyond these years, RFC 3339 has no timestamp in UTC
const firstYearMs = Date.parse("0000-01-01T00:00:00Z");
const afterLastYearMs = Date.parse("9999-12-31T23:59:59.999Z") + 1;
const pattern = /^(\d{4}-\d\d-\d\d)T(\d\d):(\d\d):(\d\d)(?:[,.](\d{1,9}))?\s*(Z|([+-])(\d\d):?(\d\d))\s*([A-Za-z]?)$/;

/** Parses `2022-10-27T19:38:50,000+0200 S`. Undefined if it is not a point in time. */
export function parseTimeMark(text: string): TimeMark | undefined {
  const parts = pattern.exec(text.trim());
  if (parts === null) return undefined;
  const [
    ,
    day = "",
    hour = "",
    minute = "",
    second = "",
    fraction = "",
    ,
    sign,
    offsetHours = "0",
    offsetMinutes = "0",
  ] = parts;
  const midnight = Date.parse(`${day}T00:00:00Z`);
  const seconds = Number(second);
  if (Number.isNaN(midnight) || Number(hour) > 24 || Number(minute) > 59 || seconds > 60) return undefined;
  const offset = (Number(offsetHours) * 60 + Number(offsetMinutes)) * (sign === "-" ? -1 : 1);
  const minutes = Number(hour) * 60 + Number(minute) - offset;
  const epochMs = midnight + minutes * 60_000 + seconds * 1000 + Number(fraction.padEnd(3, "0").slice(0, 3));
  if (epochMs < firstYearMs || epochMs >= afterLastYearMs) return undefined;
  const flag = timeFlag(parts[10] ?? "");
  return flag === undefined ? { epochMs } : { epochMs, flag };
}

function timeFlag(letter: string): TimeFlag | undefined {
  const upper = letter.toUpperCase();
  return upper === "U" || upper === "I" || upper === "S" || upper === "R" ? upper : undefined;
}

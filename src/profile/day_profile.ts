import { minuteMs, timestamp } from "../base/time.ts";
import type { IntervalPayload } from "../contract/mod.ts";
import type { LocalDay } from "./local_day.ts";
import { type KnownInterval, validIntervals } from "./valid_intervals.ts";

/** The energy of one meter in one interval of a day. */
export interface ProfileEntry {
  /** From 1. */
  readonly number: number;
  readonly startMs: number;
  readonly endMs: number;
  /** What was measured; undefined: the energy of this interval alone is unknown. */
  readonly measured?: {
    readonly importWh: number;
    /** Undefined: the meter has no such register. */
    readonly exportWh: number | undefined;
    /** The register at the end in Wh. */
    readonly importRegisterWh: number;
    readonly exportRegisterWh: number | undefined;
    /** The id of the meter at the end. */
    readonly meterId: string;
    readonly largestMinuteW: number | undefined;
    readonly readings: number;
  };
  /** A longer interval that contains this one; undefined: there is none, or its energy is known. */
  readonly gap?: KnownInterval;
  /** The quality of the interval, the worst of several; `missing`: nothing was published. */
  readonly quality: IntervalPayload["quality"] | "missing";
}

/** The load profile of one meter in a day. */
export interface MeterProfile {
  readonly meter: string;
  /** One for each interval of the day. */
  readonly entries: readonly ProfileEntry[];
  /** Sum of the revisions of all intervals: it rises with each interval that is added or replaced. */
  readonly revision: number;
}

/** The load profile of some meters in a day. */
export interface DayProfile {
  readonly day: LocalDay;
  readonly minutes: number;
  readonly meters: readonly MeterProfile[];
}

/** A profile that cannot be made, as a sentence. */
export class ProfileError extends Error {
  override readonly name = "ProfileError";
}

/**
 * The load profile of a day.
 *
 * @param published the intervals of each meter, in the order of the stream
 * @param minutes length of the intervals; undefined: the longest one of the meters
 * @throws {ProfileError} the intervals of a meter are longer, or no interval begins with the day
 */
export function dayProfile(
  day: LocalDay,
  published: ReadonlyMap<string, readonly IntervalPayload[]>,
  minutes?: number,
): DayProfile {
  const known = [...published].map(([meter, payloads]) => {
    const intervals = validIntervals(payloads).filter(({ startMs, endMs }) =>
      startMs < day.endMs && endMs > day.startMs
    );
    return { meter, intervals };
  });
  const longest = Math.max(...known.flatMap(({ intervals }) => intervals.map((each) => each.interval_minutes)));
  const chosen = minutes ?? (Number.isFinite(longest) ? longest : usualMinutes);
  if (longest > chosen) {
    throw new ProfileError(`There are intervals of ${longest} minutes, which cannot be split into ${chosen} minutes`);
  }
  const lengthMs = chosen * minuteMs;
  if (day.startMs % lengthMs !== 0 || (day.endMs - day.startMs) % lengthMs !== 0) {
    throw new ProfileError(
      `The day ${day.day} begins in ${day.timeZone} at ${timestamp(day.startMs)}, where no interval of ${chosen} ` +
        "minutes begins: set interval_minutes to 5, 10, 15 or 30",
    );
  }
  return { day, minutes: chosen, meters: known.map(({ meter, intervals }) => meterProfile(meter, intervals)) };

  function meterProfile(meter: string, intervals: readonly KnownInterval[]): MeterProfile {
    const count = (day.endMs - day.startMs) / lengthMs;
    const entries = Array.from({ length: count }, (_, index) => {
      const startMs = day.startMs + index * lengthMs;
      return profileEntry({ number: index + 1, startMs, endMs: startMs + lengthMs }, intervals);
    });
    return { meter, entries, revision: intervals.reduce((sum, { revision }) => sum + revision, 0) };
  }
}

const usualMinutes = 15;

/** From the worst to the best. */
const order: readonly ProfileEntry["quality"][] = [
  "missing",
  "meter_replaced",
  "gap",
  "clock_unsynchronised",
  "interpolated",
  "measured",
];

function profileEntry(
  place: Pick<ProfileEntry, "number" | "startMs" | "endMs">,
  intervals: readonly KnownInterval[],
): ProfileEntry {
  const own = intervals.filter(({ startMs, endMs }) => startMs < place.endMs && endMs > place.startMs);
  const last = own.at(-1);
  const gap = own.find(({ startMs, endMs }) => startMs < place.startMs || endMs > place.endMs);
  const coveredMs = own.reduce((sum, { startMs, endMs }) => sum + endMs - startMs, 0);
  if (last === undefined || gap !== undefined || coveredMs < place.endMs - place.startMs) {
    return { ...place, ...(gap === undefined ? {} : { gap }), quality: gap?.quality ?? "missing" };
  }
  const exports = own.map(({ export_Wh }) => export_Wh);
  const minutes = own.flatMap(({ largest_minute_power_W: watts }) => watts === undefined ? [] : [watts]);
  return {
    ...place,
    measured: {
      importWh: own.reduce((sum, { import_Wh }) => sum + import_Wh, 0),
      exportWh: exports.reduce((sum, each) => sum === undefined || each === undefined ? undefined : sum + each, 0),
      importRegisterWh: last.registers.end.import_Wh,
      exportRegisterWh: last.registers.end.export_Wh,
      meterId: last.meter_id,
      largestMinuteW: minutes.length === 0 ? undefined : Math.max(...minutes),
      readings: own.reduce((sum, { readings }) => sum + readings, 0),
    },
    quality: order.find((quality) => own.some((each) => each.quality === quality)) ?? "measured",
  };
}

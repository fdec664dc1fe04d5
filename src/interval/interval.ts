import { hourMs } from "../base/time.ts";
import type { Cut } from "./cut.ts";
import { continues, type Mark, type Registers, registersOf } from "./sample.ts";
import { largestMinuteW, marksOf, type Slot } from "./slot.ts";

/**
 * How reliable an interval is; the first that applies. `meter_replaced`: more than one meter has measured it, or the
 * energies of the meter were reset. `gap`: a longer time, because no energies are known at the boundaries between, or
 * another time between two lengths of the intervals. `clock_unsynchronised`: the clock was not reliable. `interpolated`: the energies at an end are computed. `measured`:
 * they were read.
 */
export const qualities = ["meter_replaced", "gap", "clock_unsynchronised", "interpolated", "measured"] as const;

/** One of {@linkcode qualities}. */
export type Quality = typeof qualities[number];

/** The energies of one meter in an interval. */
export interface Part {
  readonly meterId: string;
  /** At the start of the interval, or when this meter was first read. */
  readonly start: Registers;
  /** At the end of the interval, or when this meter was last read. */
  readonly end: Registers;
}

/** The energy of a meter between two boundaries. */
export interface Interval {
  /** Wall clock in milliseconds of its boundaries. */
  readonly startMs: number;
  readonly endMs: number;
  /** In order of time; more than one only if the meter was replaced. */
  readonly parts: readonly Part[];
  /** Whole Wh. */
  readonly importWh: number;
  /** Whole Wh; absent: unknown. */
  readonly exportWh?: number;
  /** In W, positive: import; from the energies. */
  readonly averageW: number;
  /** The largest average of a minute in W, from the readings; absent: no power was read. */
  readonly largestMinuteW?: number;
  /** Number of readings. */
  readonly readings: number;
  readonly quality: Quality;
}

/**
 * The interval between two boundaries.
 *
 * @param slots with samples, from `start` until `end`
 * @param lengthMs of an interval that is no gap
 */
export function intervalOf(start: Cut, end: Cut, slots: readonly Slot[], lengthMs: number): Interval {
  const parts = partsOf([start, ...slots.flatMap(marksOf), end]);
  const importWh = parts.reduce((sum, part) => sum + part.end.importWh - part.start.importWh, 0);
  const exportWh = parts.reduce<number | undefined>((sum, part) => {
    const { start: { exportWh: before }, end: { exportWh: after } } = part;
    return sum === undefined || before === undefined || after === undefined ? undefined : sum + after - before;
  }, 0);
  const largest = largestMinuteW(slots);
  const durationMs = end.atMs - start.atMs;
  const isUnsynchronised = slots.some(({ isClockUnreliable }) => isClockUnreliable);
  const isInterpolated = start.isInterpolated || end.isInterpolated;
  return {
    startMs: start.atMs,
    endMs: end.atMs,
    parts,
    importWh,
    ...(exportWh === undefined ? {} : { exportWh }),
    averageW: rounded((importWh - (exportWh ?? 0)) * hourMs / durationMs),
    ...(largest === undefined ? {} : { largestMinuteW: rounded(largest) }),
    readings: slots.reduce((sum, { readings }) => sum + readings, 0),
    quality: firstQuality([parts.length > 1, durationMs !== lengthMs, isUnsynchronised, isInterpolated, true]),
  };
}

/** @param applies whether each of {@linkcode qualities} applies */
function firstQuality(applies: readonly boolean[]): Quality {
  return qualities[applies.indexOf(true)] ?? "measured";
}

function partsOf(marks: readonly Mark[]): Part[] {
  const parts: { first: Mark; last: Mark }[] = [];
  for (const mark of marks) {
    const last = parts.at(-1);
    if (last !== undefined && continues(last.last, mark)) last.last = mark;
    else parts.push({ first: mark, last: mark });
  }
  return parts.map(({ first, last }) => ({
    meterId: first.meterId,
    start: registersOf(first),
    end: registersOf(last),
  }));
}

/** To tenths of a watt; never -0, which JSON would print as 0. */
function rounded(watts: number): number {
  return Math.round(watts * 10) / 10 + 0;
}

import { minuteMs } from "../base/time.ts";
import { continues, type Mark, type Sample } from "./sample.ts";

/** Readings of one meter in order of time. Only the first and the last mark are needed. */
export interface Run {
  readonly first: Mark;
  readonly last: Mark;
}

/** Sum of the powers in W that were read in a minute, and their number. */
export type MinuteSum = readonly [sumW: number, count: number];

/** What is known about the time from one boundary to the next. */
export interface Slot {
  /** Wall clock in milliseconds of its boundary. */
  readonly startMs: number;
  /** In order of time; more than one if the meter was replaced. */
  readonly runs: readonly Run[];
  /** Number of readings. */
  readonly readings: number;
  /** By the number of the minute in the slot, from 0. */
  readonly minutes: Readonly<Record<string, MinuteSum>>;
  /** The largest average in W of minutes that are no longer in `minutes`; absent: there are none. */
  readonly largestW?: number;
  /** Whether the clock was not reliable in this time. */
  readonly isClockUnreliable: boolean;
}

/** A slot without samples. */
export function emptySlot(startMs: number): Slot {
  return { startMs, runs: [], readings: 0, minutes: {}, isClockUnreliable: false };
}

/** The slot with the count, the power and the doubts of a sample, without its energies. */
export function withReading(slot: Slot, { atMs, powerW, isReading, isClockGood }: Sample): Slot {
  const minute = String(Math.floor((atMs - slot.startMs) / minuteMs));
  const [sumW, count] = slot.minutes[minute] ?? [0, 0];
  return {
    ...slot,
    readings: slot.readings + (isReading ? 1 : 0),
    minutes: powerW === undefined ? slot.minutes : { ...slot.minutes, [minute]: [sumW + powerW, count + 1] },
    isClockUnreliable: slot.isClockUnreliable || !isClockGood,
  };
}

/** The slot with only the largest average of its minutes: no more is needed when its intervals are final. */
export function condensed(slot: Slot): Slot {
  const largestW = largestMinuteW([slot]);
  return largestW === undefined ? slot : { ...slot, minutes: noMinutes, largestW };
}

/** Whether there are minutes to condense. */
export function hasMinutes({ minutes }: Slot): boolean {
  for (const _ in minutes) return true;
  return false;
}

/** The slot with a mark in its place in time. A mark of another meter within a run is ignored. */
export function withMark(slot: Slot, mark: Mark): Slot {
  const { runs } = slot;
  if (runs.some(({ first, last }) => first.atMs <= mark.atMs && mark.atMs < last.atMs)) return slot;
  const place = runs.filter(({ last }) => last.atMs <= mark.atMs).length;
  const [before, after] = [runs[place - 1], runs[place]];
  if (before !== undefined && continues(before.last, mark)) {
    return { ...slot, runs: runs.with(place - 1, { ...before, last: mark }) };
  }
  if (after !== undefined && continues(mark, after.first)) {
    return { ...slot, runs: runs.with(place, { ...after, first: mark }) };
  }
  return { ...slot, runs: runs.toSpliced(place, 0, { first: mark, last: mark }) };
}

/** A slot with the content of another one of the same time. */
export function joined(slot: Slot, { runs, readings, minutes, largestW, isClockUnreliable }: Slot): Slot {
  const sums = { ...slot.minutes };
  for (const [minute, [sumW, count]] of Object.entries(minutes)) {
    const [beforeW, before] = sums[minute] ?? [0, 0];
    sums[minute] = [beforeW + sumW, before + count];
  }
  const largest = [slot.largestW, largestW].filter((watts) => watts !== undefined);
  const whole: Slot = {
    ...slot,
    readings: slot.readings + readings,
    minutes: sums,
    ...(largest.length === 0 ? {} : { largestW: Math.max(...largest) }),
    isClockUnreliable: slot.isClockUnreliable || isClockUnreliable,
  };
  return marksOf({ ...slot, runs }).reduce(withMark, whole);
}

/** All marks of a slot, in order of time. */
export function marksOf({ runs }: Slot): Mark[] {
  return runs.flatMap(({ first, last }) => first === last ? [first] : [first, last]);
}

/** The largest average power of a minute in W; undefined: no power was read. */
export function largestMinuteW(slots: readonly Slot[]): number | undefined {
  const averages = slots.flatMap(({ minutes, largestW }) => [
    ...(largestW === undefined ? [] : [largestW]),
    ...Object.values(minutes).map(([sumW, count]) => sumW / count),
  ]);
  return averages.length === 0 ? undefined : averages.reduce((one, other) => Math.max(one, other));
}

/** The same object for all slots, to save memory. */
const noMinutes: Slot["minutes"] = {};

import type { Interval } from "./interval.ts";

/** An interval with the number of its revision. */
export interface RevisedInterval extends Interval {
  /** 1 or more. Of two intervals that overlap, the one with the higher revision counts. */
  readonly revision: number;
}

/**
 * The intervals that differ from those that were published: new ones, and others again with a revision above those that
 * they replace.
 *
 * @param published in order of time, without overlaps
 * @param current in order of time, without overlaps
 * @param revision of an interval that replaces none
 */
export function changedIntervals(
  published: readonly RevisedInterval[],
  current: readonly Interval[],
  revision: number,
): RevisedInterval[] {
  const changed: RevisedInterval[] = [];
  let from = 0;
  for (const interval of current) {
    while ((published[from]?.endMs ?? Infinity) <= interval.startMs) from++;
    const replaced: RevisedInterval[] = [];
    for (let at = from; at < published.length; at++) {
      const each = published[at];
      if (each === undefined || each.startMs >= interval.endMs) break;
      replaced.push(each);
    }
    const [only, ...others] = replaced;
    if (only !== undefined && others.length === 0 && isSame(only, interval)) continue;
    changed.push({
      ...interval,
      revision: replaced.reduce((highest, each) => Math.max(highest, each.revision + 1), revision),
    });
  }
  return changed;
}

/** The published intervals after a change: without those that the changed ones replace. */
export function afterChange(
  published: readonly RevisedInterval[],
  changed: readonly RevisedInterval[],
): RevisedInterval[] {
  const overlaps = (one: Interval, other: Interval) => one.startMs < other.endMs && other.startMs < one.endMs;
  return [...published.filter((each) => !changed.some((other) => overlaps(each, other))), ...changed]
    .sort((one, other) => one.startMs - other.startMs);
}

function isSame({ revision: _, ...published }: RevisedInterval, interval: Interval): boolean {
  return JSON.stringify(published) === JSON.stringify(interval);
}

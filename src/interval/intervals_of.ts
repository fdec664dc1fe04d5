import { boundaryAfter } from "./boundaries.ts";
import { type Cut, cutAt, nearMs } from "./cut.ts";
import { type Interval, intervalOf } from "./interval.ts";
import type { Mark } from "./sample.ts";
import { marksOf, type Slot } from "./slot.ts";

/** What the intervals of a meter are computed from. */
export interface Measured {
  /** Distance of the boundaries. */
  readonly lengthMs: number;
  /** Where the first interval begins; undefined: at the first boundary with known energies. */
  readonly origin: Cut | undefined;
  /** In order of time, not before the origin. */
  readonly slots: readonly Slot[];
  /** Wall clock in milliseconds: values that were read before this time are known. */
  readonly knownUntilMs: number;
}

/** The boundaries with known energies, in order of time. */
export function cutsOf({ lengthMs, origin, slots, knownUntilMs }: Measured): Cut[] {
  const cuts: Cut[] = origin === undefined ? [] : [origin];
  const add = (boundaryMs: number, before: Mark | undefined, after: Mark | undefined) => {
    const last = cuts.at(-1);
    if (last !== undefined && last.atMs >= boundaryMs) return;
    const found = cutAt(boundaryMs, before, after);
    if (found !== undefined) cuts.push(found);
  };
  let previous: { readonly endMs: number; readonly last: Mark } | undefined;
  for (const slot of slots) {
    const marks = marksOf(slot);
    const [first, last] = [marks[0], marks.at(-1)];
    if (first === undefined || last === undefined) continue;
    // No other boundary between two slots is near a value
    if (previous !== undefined) add(previous.endMs, previous.last, first);
    add(slot.startMs, previous?.last, first);
    previous = { endMs: boundaryAfter(slot.startMs, lengthMs), last };
  }
  if (previous !== undefined && previous.endMs + nearMs < knownUntilMs) add(previous.endMs, previous.last, undefined);
  return cuts;
}

/**
 * The intervals between boundaries, in order of time.
 *
 * @param slots in order of time, from the first boundary
 * @param lengthMs distance of the boundaries
 */
export function intervalsBetween(cuts: readonly Cut[], slots: readonly Slot[], lengthMs: number): Interval[] {
  let next = 0;
  return cuts.slice(1).flatMap((end, index): Interval[] => {
    const start = cuts[index];
    if (start === undefined) return [];
    const within: Slot[] = [];
    for (let slot = slots[next]; slot !== undefined && slot.startMs < end.atMs; slot = slots[++next]) {
      if (slot.startMs >= start.atMs) within.push(slot);
    }
    return [intervalOf(start, end, within, lengthMs)];
  });
}

import { minuteMs } from "../base/time.ts";
import { type Boundaries, boundaryBefore } from "./boundaries.ts";
import { emptySlot, joined, marksOf, type Slot, withMark } from "./slot.ts";

/**
 * The content of slots in the slots between other boundaries. The readings of a slot are counted where its first mark is:
 * their times are not known.
 *
 * @param slots in order of time
 * @returns in order of time
 */
export function placedSlots(slots: readonly Slot[], boundaries: Boundaries): Slot[] {
  const placed = new Map<number, Slot>();
  const at = (atMs: number) => {
    const startMs = boundaryBefore(atMs, boundaries);
    return placed.get(startMs) ?? emptySlot(startMs);
  };
  const put = (slot: Slot) => placed.set(slot.startMs, slot);
  for (const slot of slots) {
    const marks = marksOf(slot);
    const first = at(marks[0]?.atMs ?? slot.startMs);
    put(joined(first, { ...slot, startMs: first.startMs, runs: [], minutes: {} }));
    for (const [minute, sum] of Object.entries(slot.minutes)) {
      const minuteAtMs = slot.startMs + Number(minute) * minuteMs;
      const into = at(minuteAtMs);
      const number = Math.floor((minuteAtMs - into.startMs) / minuteMs);
      put(joined(into, { ...emptySlot(into.startMs), minutes: { [number]: sum } }));
    }
    for (const mark of marks) put(withMark(at(mark.atMs), mark));
  }
  return [...placed.values()].sort((one, other) => one.startMs - other.startMs);
}

import { Accumulator, type AccumulatorState } from "./accumulator.ts";
import type { StoredState } from "./interval_file.ts";
import { placedSlots } from "./placed_slots.ts";

/**
 * The state with which intervals of a length continue a stored state. If the stored one has another length, the first
 * interval begins where the last one ended, so no energy is between them: it is a gap until the next boundary of the new
 * length, unless this is exactly one interval.
 */
export function stateOfLength({ lengthMs: storedMs, ...state }: StoredState, lengthMs: number): AccumulatorState {
  if (storedMs === lengthMs) return state;
  const origin = new Accumulator(storedMs, state).end;
  const slots = state.slots.filter(({ startMs }) => origin === undefined || startMs >= origin.atMs);
  return {
    origin,
    revision: state.revision,
    slots: placedSlots(slots, { lengthMs, originMs: origin?.atMs }),
    published: [],
  };
}

import { Accumulator, type AccumulatorState } from "./accumulator.ts";
import { placedSlots } from "./placed_slots.ts";

/**
 * The state with which intervals of another length continue. The first one begins where the last one ended, so no energy
 * is between them: it is a gap until the next boundary of the new length, unless this is exactly one interval.
 *
 * @param state of intervals with the length `fromMs`
 */
export function stateOfOtherLength(state: AccumulatorState, fromMs: number, toMs: number): AccumulatorState {
  const origin = new Accumulator(fromMs, state).end;
  const slots = state.slots.filter(({ startMs }) => origin === undefined || startMs >= origin.atMs);
  return {
    origin,
    revision: state.revision,
    slots: placedSlots(slots, { lengthMs: toMs, originMs: origin?.atMs }),
    published: [],
  };
}

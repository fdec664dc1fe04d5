import { dayMs } from "../base/time.ts";
import { boundaryAfter, boundaryBefore } from "./boundaries.ts";
import { type Cut, nearMs } from "./cut.ts";
import { cutsOf, intervalsBetween } from "./intervals_of.ts";
import { placedSlots } from "./placed_slots.ts";
import { afterChange, changedIntervals, type RevisedInterval } from "./publication.ts";
import { continues, type Mark, registersOf, type Sample } from "./sample.ts";
import { condensed, emptySlot, hasMinutes, joined, marksOf, type Slot, withMark, withReading } from "./slot.ts";

/** The state from which the next process continues. */
export interface AccumulatorState {
  /** Where the first interval that can still change begins; undefined: there is none yet. */
  readonly origin: Cut | undefined;
  /** Revision of an interval that replaces none. */
  readonly revision: number;
  readonly slots: readonly Slot[];
  /** The intervals that can still change. */
  readonly published: readonly RevisedInterval[];
}

/** The state before the first sample. */
export const noState: AccumulatorState = { origin: undefined, revision: 1, slots: [], published: [] };

/** How long an interval can change after its end. */
const changeableMs = 2 * dayMs;
/** A good clock that is set back by more than this was wrong before: the intervals continue at its present time. */
const maxSetBackMs = dayMs;

/**
 * Turns the samples of one meter into intervals between evenly spaced boundaries of the wall clock. The end of an
 * interval is the start of the next one, so no energy is counted twice or lost. It does no input or output.
 */
export class Accumulator {
  readonly #lengthMs: number;
  readonly #slots: Map<number, Slot>;
  #origin: Cut | undefined;
  #revision: number;
  #published: readonly RevisedInterval[];
  /** The newest energies. */
  #last: Mark | undefined;
  #knownUntilMs = -Infinity;
  /** The newest boundaries with known energies; those before them are not kept. */
  #cuts: readonly Cut[];
  /** Start of the first slot that has changed since the boundaries were computed. */
  #changedFromMs: number;

  /** @param lengthMs distance of two boundaries: whole minutes, at least 5, so that an hour is a multiple of it */
  constructor(lengthMs: number, { origin, revision, slots, published }: AccumulatorState = noState) {
    this.#lengthMs = lengthMs;
    this.#origin = origin;
    this.#revision = revision;
    this.#published = published;
    this.#slots = new Map(slots.map((slot) => [slot.startMs, slot]));
    this.#last = slots.flatMap(marksOf).at(-1) ?? origin;
    this.#cuts = cutsOf(this.#measured(this.#sorted(), origin));
    this.#changedFromMs = this.#isAsPublished() ? published.at(-1)?.startMs ?? -Infinity : -Infinity;
  }

  /** The present state; unchanged slots are the same objects as before. */
  get state(): AccumulatorState {
    return {
      origin: this.#origin,
      revision: this.#revision,
      slots: this.#sorted(),
      published: this.#published,
    };
  }

  /** Wall clock in milliseconds of the newest energies; undefined: there are none. */
  get newestMs(): number | undefined {
    return this.#last?.atMs;
  }

  /** Where the published intervals end; undefined: there is no boundary with known energies before the next interval. */
  get end(): Cut | undefined {
    const [cut, published] = [this.#cuts.at(-1), this.#published.at(-1)];
    const part = published?.parts.at(-1);
    // Later boundaries can be known, whose intervals are not published yet
    if (published === undefined || part === undefined) return this.#cuts[0];
    if (cut?.atMs === published.endMs && this.#isAsPublished()) return cut;
    const isInterpolated = published.quality !== "measured";
    return { meterId: part.meterId, atMs: published.endMs, ...part.end, isInterpolated };
  }

  /**
   * Takes a sample in the order of reading. While the clock is behind an earlier sample, because it was set back, the
   * energies wait for the time after it.
   *
   * @param nowMs wall clock in milliseconds: a reading can arrive seconds after its time
   * @returns the intervals that are final now
   */
  add(sample: Sample, nowMs: number = sample.atMs): RevisedInterval[] {
    const last = this.#last;
    const setBackMs = last === undefined ? 0 : last.atMs - Math.max(sample.atMs, nowMs);
    if (last !== undefined && setBackMs > maxSetBackMs && sample.isClockGood) {
      this.#continueAt(this.#boundary(sample.atMs), last);
    } else if (last !== undefined && setBackMs > nearMs) {
      this.#put({ ...this.#slotAt(last.atMs), isClockUnreliable: true });
      return [];
    }
    return this.#take(this.#inOrder(sample)) ? this.#finish() : [];
  }

  /**
   * A reading has the time of its first value, and arrives with its last one, so energies that were read meanwhile can
   * have arrived before it. They can be older than its energies, or newer: then these are left out. A meter that was
   * reset in this moment has its low energies also in the next sample.
   */
  #inOrder(sample: Sample): Sample {
    const last = this.#last;
    if (last === undefined || sample.atMs > last.atMs) return sample;
    const { registers, ...reading } = { ...sample, atMs: last.atMs };
    if (registers === undefined) return reading;
    const isOvertaken = sample.meterId === last.meterId && !continues(last, { ...reading, ...registers });
    return isOvertaken ? reading : { ...reading, registers };
  }

  /**
   * Takes samples that arrive late, in any order. One is ignored if its interval cannot change any more, or if it
   * contradicts other samples.
   *
   * @returns the intervals that they change, with a higher revision if they were returned before
   */
  addLate(samples: readonly Sample[]): RevisedInterval[] {
    let isTaken = false;
    for (const sample of samples) {
      if (sample.registers === undefined || !this.#fits({ ...sample, ...sample.registers })) continue;
      this.#take(sample);
      isTaken = true;
    }
    return isTaken ? this.#finish() : [];
  }

  /**
   * Takes the slots of another accumulator, which has taken the samples after those of this one.
   *
   * @returns the intervals that they change
   */
  adopt(later: readonly Slot[]): RevisedInterval[] {
    const boundaries = { lengthMs: this.#lengthMs, originMs: this.#origin?.atMs };
    for (const slot of placedSlots(later, boundaries)) this.#put(joined(this.#slotAt(slot.startMs), slot));
    this.#last = later.flatMap(marksOf).at(-1) ?? this.#last;
    return this.#finish();
  }

  /**
   * Call it now and then: the end of an interval is known without a later value if the last one was read near it.
   *
   * @param nowMs wall clock in milliseconds: all earlier samples were added
   * @returns the intervals that are final now
   */
  settle(nowMs: number): RevisedInterval[] {
    this.#knownUntilMs = nowMs;
    if (this.#last === undefined) return [];
    const { atMs } = this.#last;
    const endMs = boundaryAfter(atMs, this.#lengthMs);
    const isDue = endMs - atMs <= nearMs && endMs + nearMs < nowMs && (this.#cuts.at(-1)?.atMs ?? -Infinity) < endMs;
    return isDue ? this.#finish() : [];
  }

  /** @returns whether they are the first energies of their slot, so that a boundary before them can be known */
  #take(sample: Sample): boolean {
    const { atMs, meterId, registers } = sample;
    const slot = withReading(this.#slotAt(atMs), sample);
    if (registers === undefined) {
      this.#put(slot);
      return false;
    }
    const mark = { meterId, atMs, ...registersOf(registers) };
    this.#put(withMark(slot, mark));
    if (this.#last === undefined || atMs >= this.#last.atMs) this.#last = mark;
    return slot.runs.length === 0;
  }

  #put(slot: Slot): void {
    this.#slots.set(slot.startMs, slot);
    this.#changedFromMs = Math.min(this.#changedFromMs, slot.startMs);
  }

  /** Computes the intervals that the changed slots can concern. */
  #finish(): RevisedInterval[] {
    const sorted = this.#sorted();
    const start = this.#unchangedCut(sorted);
    const slots = start === undefined ? sorted : sorted.filter(({ startMs }) => startMs >= start.atMs);
    this.#cuts = cutsOf(this.#measured(slots, start));
    this.#changedFromMs = Infinity;
    for (const slot of sorted) {
      if (start === undefined || slot.startMs >= start.atMs) break;
      if (hasMinutes(slot)) this.#slots.set(slot.startMs, condensed(slot));
    }
    const changed = changedIntervals(
      this.#published,
      intervalsBetween(this.#cuts, slots, this.#lengthMs),
      this.#revision,
    );
    if (changed.length > 0) this.#published = afterChange(this.#published, changed);
    this.#forget(sorted);
    return changed;
  }

  /** The last boundary that the changed slots do not concern: the values of the slot before them decide later ones. */
  #unchangedCut(sorted: readonly Slot[]): Cut | undefined {
    const before = sorted.findLast(({ startMs, runs }) => startMs < this.#changedFromMs && runs.length > 0);
    const untilMs = before?.startMs ?? -Infinity;
    return this.#cuts.findLast(({ atMs }) => atMs <= untilMs) ?? this.#origin;
  }

  #measured(slots: readonly Slot[], origin: Cut | undefined) {
    return { lengthMs: this.#lengthMs, origin, slots, knownUntilMs: this.#knownUntilMs };
  }

  /** Whether the last published interval ends with the energies that the slots have there. */
  #isAsPublished(): boolean {
    const last = this.#published.at(-1);
    const cut = this.#cuts.findLast(({ atMs }) => atMs === last?.endMs);
    const end = last?.parts.at(-1);
    return cut !== undefined && end !== undefined && cut.meterId === end.meterId &&
      cut.importWh === end.end.importWh && cut.exportWh === end.end.exportWh;
  }

  /** Makes the last boundary before the changeable time the origin. */
  #forget(sorted: readonly Slot[]): void {
    const untilMs = (this.#last?.atMs ?? -Infinity) - changeableMs;
    const nextMs = this.#origin === undefined ? sorted[0]?.startMs ?? Infinity : this.#origin.atMs + this.#lengthMs;
    if (untilMs < nextMs) return;
    const slots = sorted.filter(({ startMs }) => startMs <= untilMs);
    const cuts = cutsOf({ ...this.#measured(slots, this.#origin), knownUntilMs: Infinity });
    const origin = cuts.findLast(({ atMs }) => atMs <= untilMs);
    if (origin === undefined || origin.atMs === this.#origin?.atMs) return;
    this.#origin = origin;
    for (const startMs of this.#slots.keys()) if (startMs < origin.atMs) this.#slots.delete(startMs);
    this.#published = this.#published.filter(({ startMs }) => startMs >= origin.atMs);
  }

  /** All energies since `last` belong to the interval that begins at `boundaryMs`. */
  #continueAt(boundaryMs: number, last: Mark): void {
    this.#origin = { ...last, atMs: boundaryMs, isInterpolated: true };
    // An interval of the same time may have been published before the clock was wrong
    this.#revision = this.#published.reduce((highest, each) => Math.max(highest, each.revision), this.#revision) + 1;
    this.#published = [];
    this.#slots.clear();
    this.#cuts = [];
    this.#put({ ...emptySlot(boundaryMs), isClockUnreliable: true });
    this.#last = this.#origin;
    this.#knownUntilMs = -Infinity;
  }

  #fits(mark: Mark): boolean {
    const oldestMs = this.#origin?.atMs ?? (this.#last?.atMs ?? Infinity) - changeableMs;
    if (mark.atMs < oldestMs) return false;
    const newestMs = this.#last?.atMs ?? -Infinity;
    const before = this.#nearest(mark, -1, Math.min(mark.atMs, newestMs), oldestMs) ?? this.#origin;
    const after = this.#nearest(mark, 1, mark.atMs, newestMs);
    if (before !== undefined && after !== undefined && before.meterId === after.meterId) {
      return continues(before, mark) && continues(mark, after);
    }
    return (before?.meterId !== mark.meterId || continues(before, mark)) &&
      (after?.meterId !== mark.meterId || continues(mark, after));
  }

  /** The nearest mark not after `mark` (direction -1) or not before it (1), in the slots between two times. */
  #nearest({ atMs }: Mark, direction: 1 | -1, fromMs: number, toMs: number): Mark | undefined {
    const [from, to] = [this.#boundary(fromMs), this.#boundary(toMs)];
    const next = (slotMs: number) =>
      direction === 1 ? boundaryAfter(slotMs, this.#lengthMs) : this.#boundary(slotMs - 1);
    for (let slotMs = from; slotMs * direction <= to * direction; slotMs = next(slotMs)) {
      const slot = this.#slots.get(slotMs);
      const marks = slot === undefined ? [] : marksOf(slot);
      const found = direction === 1
        ? marks.find((each) => each.atMs >= atMs)
        : marks.findLast((each) => each.atMs <= atMs);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #slotAt(atMs: number): Slot {
    const startMs = this.#boundary(atMs);
    return this.#slots.get(startMs) ?? emptySlot(startMs);
  }

  #boundary(atMs: number): number {
    return boundaryBefore(atMs, { lengthMs: this.#lengthMs, originMs: this.#origin?.atMs });
  }

  #sorted(): Slot[] {
    return [...this.#slots.values()].sort((one, other) => one.startMs - other.startMs);
  }
}

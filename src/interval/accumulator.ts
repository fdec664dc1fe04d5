import { dayMs } from "../base/time.ts";
import { type Cut, nearMs } from "./cut.ts";
import { cutsOf, intervalsOf } from "./intervals_of.ts";
import { afterChange, changedIntervals, type RevisedInterval } from "./publication.ts";
import { continues, type Mark, registersOf, type Sample } from "./sample.ts";
import { emptySlot, marksOf, type Slot, withMark, withReading } from "./slot.ts";

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

  /** @param lengthMs distance of two boundaries: whole minutes, at least 5, so that an hour is a multiple of it */
  constructor(lengthMs: number, { origin, revision, slots, published }: AccumulatorState = noState) {
    this.#lengthMs = lengthMs;
    this.#origin = origin;
    this.#revision = revision;
    this.#published = published;
    this.#slots = new Map(slots.map((slot) => [slot.startMs, slot]));
    this.#last = slots.flatMap(marksOf).at(-1) ?? origin;
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

  /**
   * Takes a sample in the order of reading. While the clock is behind an earlier sample, because it was set back, the
   * energies wait for the time after it.
   *
   * @returns the intervals that are final now
   */
  add(sample: Sample): RevisedInterval[] {
    const last = this.#last;
    const setBackMs = last === undefined ? 0 : last.atMs - sample.atMs;
    if (last !== undefined && setBackMs > maxSetBackMs && sample.isClockGood) {
      this.#continueAt(this.#boundary(sample.atMs), last);
    } else if (last !== undefined && setBackMs > nearMs) {
      const slot = this.#slotAt(last.atMs);
      this.#slots.set(slot.startMs, { ...slot, isClockUnreliable: true });
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
    for (const sample of samples) {
      if (sample.registers !== undefined && this.#fits({ ...sample, ...sample.registers })) this.#take(sample);
    }
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
    return this.#finish();
  }

  /** @returns whether they are the first energies of their slot, so that a boundary before them can be known */
  #take(sample: Sample): boolean {
    const { atMs, meterId, registers } = sample;
    const slot = withReading(this.#slotAt(atMs), sample);
    if (registers === undefined) {
      this.#slots.set(slot.startMs, slot);
      return false;
    }
    const mark = { meterId, atMs, ...registersOf(registers) };
    this.#slots.set(slot.startMs, withMark(slot, mark));
    if (this.#last === undefined || atMs >= this.#last.atMs) this.#last = mark;
    return slot.runs.length === 0;
  }

  #finish(): RevisedInterval[] {
    const measured = this.#measured();
    const changed = changedIntervals(this.#published, intervalsOf(measured), this.#revision);
    if (changed.length > 0) this.#published = afterChange(this.#published, changed);
    this.#forget(cutsOf(measured));
    return changed;
  }

  #measured() {
    return {
      lengthMs: this.#lengthMs,
      origin: this.#origin,
      slots: this.#sorted(),
      knownUntilMs: this.#knownUntilMs,
    };
  }

  /** Makes the last boundary before the changeable time the origin. */
  #forget(cuts: readonly Cut[]): void {
    const untilMs = (this.#last?.atMs ?? -Infinity) - changeableMs;
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
    this.#slots.set(boundaryMs, { ...emptySlot(boundaryMs), isClockUnreliable: true });
    this.#last = this.#origin;
    this.#knownUntilMs = -Infinity;
  }

  #fits(mark: Mark): boolean {
    const oldestMs = this.#origin?.atMs ?? (this.#last?.atMs ?? Infinity) - changeableMs;
    if (mark.atMs < oldestMs) return false;
    const marks = [...this.#origin === undefined ? [] : [this.#origin], ...this.#sorted().flatMap(marksOf)];
    const before = marks.findLast(({ atMs }) => atMs <= mark.atMs);
    const after = marks.find(({ atMs }) => atMs >= mark.atMs);
    if (before !== undefined && after !== undefined && before.meterId === after.meterId) {
      return continues(before, mark) && continues(mark, after);
    }
    return (before?.meterId !== mark.meterId || continues(before, mark)) &&
      (after?.meterId !== mark.meterId || continues(mark, after));
  }

  #slotAt(atMs: number): Slot {
    const startMs = this.#boundary(atMs);
    return this.#slots.get(startMs) ?? emptySlot(startMs);
  }

  #boundary(atMs: number): number {
    return Math.floor(atMs / this.#lengthMs) * this.#lengthMs;
  }

  #sorted(): Slot[] {
    return [...this.#slots.values()].sort((one, other) => one.startMs - other.startMs);
  }
}

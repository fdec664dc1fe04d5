import { isPlausibleTime } from "../base/machine_clock.ts";
import { minuteMs, type Time } from "../base/time.ts";
import { Accumulator } from "./accumulator.ts";
import type { StateChange } from "./interval_file.ts";
import type { IntervalStore } from "./interval_store.ts";
import type { RevisedInterval } from "./publication.ts";
import type { Sample } from "./sample.ts";
import { marksOf, type Slot } from "./slot.ts";
import { stateOfLength } from "./state_of_length.ts";

/** Values of a meter that were read at one moment. */
export interface MeterValues extends Pick<Sample, "meterId" | "isReading"> {
  /** Wall clock in milliseconds when they were read. */
  readonly takenAtMs: number;
  /** Whole Wh from the grid; absent: not read. */
  readonly energyImportWh?: number;
  /** Whole Wh to the grid; absent: not read, or the meter has no such register. */
  readonly energyExportWh?: number;
  /** Active power in W, positive: import; absent: not read. */
  readonly powerW?: number;
}

/** Dependencies of a recorder. */
export interface RecorderOptions {
  /** The meter's token in subjects. */
  readonly meter: string;
  /** Minutes between two boundaries, so that an hour is a multiple of them. */
  readonly intervalMinutes: number;
  readonly store: Pick<IntervalStore, "state" | "save" | "generation" | "noteDropped">;
  readonly time: Pick<Time, "now" | "mono">;
  /**
   * Values of an earlier process after a wall-clock time in milliseconds, in any order. Called once. @default none
   */
  readonly lateValues?: ((takenAfterMs: number) => readonly MeterValues[]) | undefined;
  /** Whether the kernel reports the wall clock as synchronised; undefined: unknown. */
  readonly clockSynchronised: () => boolean | undefined;
}

/** Makes the intervals of one meter and stores them. It continues where the process before it stopped. */
export class IntervalRecorder {
  readonly #options: RecorderOptions;
  readonly #lengthMs: number;
  #accumulator: Accumulator;
  /** Whether the accumulator continues what is stored; if not, this cannot be read yet. */
  #isContinuing = false;
  readonly #sinceMs: number;
  /** By start, the slots that are written. */
  #written = new Map<number, Slot>();
  /** Final intervals that are not written yet. */
  #unwritten: RevisedInterval[] = [];
  #isKnown = false;
  /** The file that has them. */
  #generation: number;
  /** How much the wall clock was ahead of the monotonic clock at the last values. */
  #aheadMs: number | undefined;

  constructor(options: RecorderOptions) {
    this.#options = options;
    this.#lengthMs = options.intervalMinutes * minuteMs;
    this.#sinceMs = options.time.now();
    this.#generation = options.store.generation;
    this.#accumulator = new Accumulator(this.#lengthMs);
    this.#continue();
  }

  /**
   * Takes values that were read just now. Values with an impossible time are ignored: the registers of the meter have
   * their energy.
   *
   * @returns whether an interval is final and stored
   */
  add(values: MeterValues): boolean {
    if (!isPlausibleTime(values.takenAtMs)) return false;
    const intervals = this.#accumulator.add(sampleOf(values, this.#isClockGood()), this.#options.time.now());
    // Until the stored state is known, they are not as they will be published
    if (!this.#isContinuing) return intervals.length > 0 && this.#continue();
    return this.#write(intervals);
  }

  /**
   * Stores what is known. Call it every minute, and at the end.
   *
   * @returns whether an interval is final and stored
   */
  store(): boolean {
    if (!this.#continue()) return false;
    const isFinal = this.#write(this.#accumulator.settle(this.#options.time.now() - underwayMs));
    this.#save();
    return isFinal;
  }

  /**
   * Continues what is stored with what was taken until now. While it cannot be read, nothing is written: that would
   * replace it.
   *
   * @returns whether this is done
   */
  #continue(): boolean {
    if (this.#isContinuing) return true;
    const { meter, store, lateValues } = this.#options;
    const stored = store.state(meter);
    if (stored === "unavailable") return false;
    this.#isContinuing = true;
    this.#generation = store.generation;
    const unstored = this.#accumulator;
    this.#accumulator = new Accumulator(this.#lengthMs, stored && stateOfLength(stored, this.#lengthMs));
    if (stored?.lengthMs === this.#lengthMs) {
      this.#isKnown = true;
      this.#written = new Map(stored.slots.map((slot) => [slot.startMs, slot]));
    }
    const { newestMs } = this.#accumulator;
    if (newestMs !== undefined && lateValues !== undefined) {
      // Those that this process has read are taken already, and values of a later time are wrong
      const late = lateValues(newestMs).filter(({ takenAtMs }) => takenAtMs <= this.#sinceMs);
      this.#write(this.#accumulator.addLate(late.map((each) => sampleOf(each, true))));
    }
    this.#write(this.#followedBy(unstored));
    return true;
  }

  /** Adds what was taken while the stored state could not be read. */
  #followedBy(unstored: Accumulator): RevisedInterval[] {
    const { slots } = unstored.state;
    const marks = slots.flatMap(marksOf);
    const [first, last] = [marks[0], marks.at(-1)];
    if (first === undefined || last === undefined) return [];
    const { newestMs = -Infinity } = this.#accumulator;
    if (newestMs <= first.atMs) return this.#accumulator.adopt(slots);
    // The clock was set back meanwhile: the registers have all the energy
    const { meterId, atMs, ...registers } = last;
    const isClockGood = this.#options.clockSynchronised() !== false;
    return this.#accumulator.add({ meterId, atMs, registers, isReading: false, isClockGood });
  }

  #write(intervals: readonly RevisedInterval[]): boolean {
    if (intervals.length === 0) return false;
    this.#unwritten = [...this.#unwritten, ...intervals];
    const isSaved = this.#save();
    this.#options.store.noteDropped(this.#unwritten.splice(0, this.#unwritten.length - maxUnwritten).length);
    return isSaved;
  }

  /** @returns whether it is written */
  #save(): boolean {
    const { origin, revision, slots, published } = this.#accumulator.state;
    const { generation } = this.#options.store;
    const isNewFile = generation !== this.#generation;
    const current = new Map(slots.map((slot) => [slot.startMs, slot]));
    const fromMs = slots[0]?.startMs ?? 0;
    // After the clock was set back by days, no earlier slot is needed
    const isContinued = this.#isKnown && !isNewFile &&
      this.#written.keys().every((atMs) => atMs < fromMs || current.has(atMs));
    const changed = slots.filter((slot) => !isContinued || this.#written.get(slot.startMs) !== slot);
    if (changed.length === 0 && this.#unwritten.length === 0) return false;
    const change: StateChange = {
      meter: this.#options.meter,
      lengthMs: this.#lengthMs,
      origin,
      revision,
      slots: changed,
      neededFromMs: isContinued ? fromMs : undefined,
      intervals: isNewFile ? inOrder([...this.#unwritten, ...published]) : this.#unwritten,
    };
    if (!this.#options.store.save(change)) return false;
    this.#isKnown = true;
    this.#generation = generation;
    this.#written = current;
    this.#unwritten = [];
    return true;
  }

  /** A clock that was set since the last values makes the time between them unknown. */
  #isClockGood(): boolean {
    const { time, clockSynchronised } = this.#options;
    const nowMs = time.now();
    const aheadMs = nowMs - time.mono();
    const isSteady = this.#aheadMs === undefined || Math.abs(aheadMs - this.#aheadMs) < jumpMs;
    this.#aheadMs = aheadMs;
    return isSteady && clockSynchronised() !== false;
  }
}

function sampleOf(
  { meterId, takenAtMs, energyImportWh, energyExportWh, powerW, isReading }: MeterValues,
  isClockGood: boolean,
): Sample {
  const exported = energyExportWh === undefined ? {} : { exportWh: energyExportWh };
  return {
    meterId,
    atMs: takenAtMs,
    ...(energyImportWh === undefined ? {} : { registers: { importWh: energyImportWh, ...exported } }),
    ...(powerW === undefined ? {} : { powerW }),
    isReading,
    isClockGood,
  };
}

/**
 * Intervals for a new file. It is unknown which of them were published, so all of them are published again; a later one
 * replaces those before it.
 */
function inOrder(intervals: readonly RevisedInterval[]): RevisedInterval[] {
  return [...new Set(intervals)]
    .sort((one, other) => one.revision - other.revision || one.startMs - other.startMs);
}

/** While the file cannot be written, the memory must not grow: two days with intervals of 15 minutes. */
const maxUnwritten = 200;
/** Values that were read need less time until they arrive here. */
const underwayMs = 10_000;
/** A synchronised clock is adjusted in steps that are far smaller. */
const jumpMs = 2_000;

import { isPlausibleTime } from "../base/machine_clock.ts";
import { minuteMs, type Time } from "../base/time.ts";
import { Accumulator } from "./accumulator.ts";
import type { StateChange } from "./interval_file.ts";
import type { IntervalStore } from "./interval_store.ts";
import { stateOfOtherLength } from "./other_length.ts";
import type { RevisedInterval } from "./publication.ts";
import type { Sample } from "./sample.ts";
import type { Slot } from "./slot.ts";

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
  /** Whether the kernel reports the wall clock as synchronised; undefined: unknown. */
  readonly clockSynchronised: () => boolean | undefined;
}

/** Makes the intervals of one meter and stores them. It continues where the process before it stopped. */
export class IntervalRecorder {
  readonly #options: RecorderOptions;
  readonly #lengthMs: number;
  readonly #accumulator: Accumulator;
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
    const state = options.store.state(options.meter);
    this.#generation = options.store.generation;
    if (state !== undefined && state.lengthMs !== this.#lengthMs) {
      this.#accumulator = new Accumulator(this.#lengthMs, stateOfOtherLength(state, state.lengthMs, this.#lengthMs));
      return;
    }
    this.#accumulator = new Accumulator(this.#lengthMs, state);
    if (state === undefined) return;
    this.#isKnown = true;
    this.#written = new Map(state.slots.map((slot) => [slot.startMs, slot]));
  }

  /** Wall clock in milliseconds of the newest energies that are known, also to earlier processes; undefined: none. */
  get newestMs(): number | undefined {
    return this.#accumulator.newestMs;
  }

  /**
   * Takes values that were read just now. Values with an impossible time are ignored: the registers of the meter have
   * their energy.
   *
   * @returns whether an interval is final and stored
   */
  add(values: MeterValues): boolean {
    if (!isPlausibleTime(values.takenAtMs)) return false;
    return this.#write(this.#accumulator.add(sampleOf(values, this.#isClockGood()), this.#options.time.now()));
  }

  /**
   * Takes values that were read earlier, in any order. Values with a time after the present one are ignored: those that
   * are read until then would seem older.
   *
   * @returns whether an interval is final or has changed, and is stored
   */
  addLate(values: readonly MeterValues[]): boolean {
    const nowMs = this.#options.time.now();
    const samples = values.filter(({ takenAtMs }) => takenAtMs <= nowMs).map((each) => sampleOf(each, true));
    return this.#write(this.#accumulator.addLate(samples));
  }

  /**
   * Stores what is known. Call it every minute, and at the end.
   *
   * @returns whether an interval is final and stored
   */
  store(): boolean {
    const isFinal = this.#write(this.#accumulator.settle(this.#options.time.now() - underwayMs));
    this.#save();
    return isFinal;
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

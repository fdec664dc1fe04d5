import { isPlausibleTime } from "../base/machine_clock.ts";
import type { Time } from "../base/time.ts";

/** The state of a spool's clock that the next process needs. */
export interface SavedClock {
  /** The time of the clock. */
  readonly atMs: number;
  /** The wall clock at the same moment; absent: it is unknown whether it was right. */
  readonly wallMs?: number;
}

/**
 * The clock that measures the age of readings. It runs with the monotonic clock and continues from the state of the
 * last process, so that a change of the wall clock does not change the age of readings. The time between two processes
 * counts only if the kernel reported the wall clock as synchronised at the end of the first process and at the start of
 * the second: otherwise that time is unknown.
 */
export class SpoolClock {
  readonly #time: Time;
  readonly #synchronised: () => boolean | undefined;
  /** How much this clock is ahead of the monotonic clock. */
  #aheadMs: number;

  /** @param synchronised whether the kernel reports the wall clock as synchronised; undefined: unknown */
  constructor(time: Time, synchronised: () => boolean | undefined) {
    this.#time = time;
    this.#synchronised = synchronised;
    this.#aheadMs = -time.mono();
  }

  /** Whole milliseconds; never decreases. */
  now(): number {
    return Math.floor(this.#time.mono() + this.#aheadMs);
  }

  /** Continues from the state of an earlier process; ignores a state that is behind this clock. */
  resume({ atMs, wallMs }: SavedClock): void {
    if (atMs <= this.now()) return;
    const nowMs = this.#reliableWallMs();
    const pauseMs = nowMs === undefined || wallMs === undefined ? 0 : Math.max(0, nowMs - wallMs);
    this.#aheadMs += atMs + pauseMs - this.now();
  }

  /** The state that the next process needs. */
  saved(): SavedClock {
    const wallMs = this.#reliableWallMs();
    return wallMs === undefined ? { atMs: this.now() } : { atMs: this.now(), wallMs };
  }

  #reliableWallMs(): number | undefined {
    const wallMs = this.#time.now();
    return this.#synchronised() === true && isPlausibleTime(wallMs) ? wallMs : undefined;
  }
}

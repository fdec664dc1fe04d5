import { isPlausibleTime } from "../base/our_clock.ts";
import type { Time } from "../base/time.ts";

/** What a spool keeps of its clock for the process after this one. */
export interface KeptClock {
  /** The clock itself. */
  readonly atMs: number;
  /** The wall clock at the same moment; absent where it is unknown whether it was right. */
  readonly wallMs?: number;
}

/**
 * The clock that measures the age of readings. It runs with the monotonic clock and goes on from where the last process left
 * it, so that a wall clock that is set makes no reading old. The time between two processes counts only where the kernel
 * called the wall clock synchronised at the end of the one and at the beginning of the other: otherwise nobody can know
 * how long it was.
 */
export class SpoolClock {
  readonly #time: Time;
  readonly #synchronised: () => boolean | undefined;
  /** What this clock is ahead of the monotonic one. */
  #aheadMs: number;

  /** @param synchronised what the kernel says of the wall clock; undefined: it cannot be asked */
  constructor(time: Time, synchronised: () => boolean | undefined) {
    this.#time = time;
    this.#synchronised = synchronised;
    this.#aheadMs = -time.mono();
  }

  /** Whole milliseconds; never falls. */
  now(): number {
    return Math.floor(this.#time.mono() + this.#aheadMs);
  }

  /** Goes on from what an earlier process kept; one that is behind this clock changes nothing. */
  resume({ atMs, wallMs }: KeptClock): void {
    if (atMs <= this.now()) return;
    const nowMs = this.#rightWallMs();
    const pauseMs = nowMs === undefined || wallMs === undefined ? 0 : Math.max(0, nowMs - wallMs);
    this.#aheadMs += atMs + pauseMs - this.now();
  }

  /** What the next process needs. */
  keep(): KeptClock {
    const wallMs = this.#rightWallMs();
    return wallMs === undefined ? { atMs: this.now() } : { atMs: this.now(), wallMs };
  }

  #rightWallMs(): number | undefined {
    const wallMs = this.#time.now();
    return this.#synchronised() === true && isPlausibleTime(wallMs) ? wallMs : undefined;
  }
}

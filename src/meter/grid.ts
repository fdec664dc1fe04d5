/** Evenly spaced slots on the monotonic clock: they never drift, however long the work in one takes. */
export class Grid {
  readonly #intervalMs: number;
  readonly #offsetMs: number;

  /**
   * @param intervalMs above 0
   * @param offset part of the interval by which every slot is late, 0 to 1
   */
  constructor(intervalMs: number, offset: number) {
    this.#intervalMs = intervalMs;
    this.#offsetMs = intervalMs * offset;
  }

  /** The slot that has begun last at the monotonic time `monoMs`. */
  slotAt(monoMs: number): number {
    return Math.floor((monoMs - this.#offsetMs) / this.#intervalMs);
  }

  /** Monotonic time in milliseconds at which `slot` begins. */
  startOf(slot: number): number {
    return slot * this.#intervalMs + this.#offsetMs;
  }
}

/** Whether something that is done more seldom than every slot has its turn. */
export class Turn {
  readonly #intervalMs: number;
  #nextMs: number | undefined;

  constructor(intervalMs: number) {
    this.#intervalMs = intervalMs;
  }

  /** True on the first call, then once an interval; a turn that was missed is taken at the next call. */
  take(monoMs: number): boolean {
    // Half a millisecond: slots are sums of floating point numbers.
    const missed = this.#nextMs === undefined ? 0 : Math.floor((monoMs - this.#nextMs + 0.5) / this.#intervalMs);
    if (missed < 0) return false;
    this.#nextMs = (this.#nextMs ?? monoMs) + (missed + 1) * this.#intervalMs;
    return true;
  }
}

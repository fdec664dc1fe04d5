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
  readonly #grid: Grid;
  #taken: number | undefined;

  /** @param intervalMs and `offset`: as of a {@linkcode Grid} */
  constructor(intervalMs: number, offset: number) {
    this.#grid = new Grid(intervalMs, offset);
  }

  /** True on the first call, then once in each slot of its grid; a turn that was missed is taken at the next call. */
  take(monoMs: number): boolean {
    // Half a millisecond: slots are sums of floating point numbers.
    const slot = this.#grid.slotAt(monoMs + 0.5);
    if (slot === this.#taken) return false;
    this.#taken = slot;
    return true;
  }
}

/** Evenly spaced slots on the monotonic clock. They never drift, even if the work in a slot takes long. */
export class Grid {
  readonly #intervalMs: number;
  readonly #offsetMs: number;

  /**
   * @param intervalMs above 0
   * @param offset delay of every slot as a part of the interval, 0 to 1
   */
  constructor(intervalMs: number, offset: number) {
    this.#intervalMs = intervalMs;
    this.#offsetMs = intervalMs * offset;
  }

  /** The slot that contains the monotonic time `monoMs`. */
  slotAt(monoMs: number): number {
    return Math.floor((monoMs - this.#offsetMs) / this.#intervalMs);
  }

  /** Monotonic time in milliseconds at which `slot` begins. */
  startOf(slot: number): number {
    return slot * this.#intervalMs + this.#offsetMs;
  }
}

/** Decides when work is due that is done less often than in every slot. */
export class Turn {
  readonly #grid: Grid;
  #taken: number | undefined;

  /** @param intervalMs and `offset`: see {@linkcode Grid} */
  constructor(intervalMs: number, offset: number) {
    this.#grid = new Grid(intervalMs, offset);
  }

  /** True on the first call, then once in each slot of its grid; a missed turn is due at the next call. */
  take(monoMs: number): boolean {
    // Half a millisecond of tolerance, because slots are sums of floating point numbers
    const slot = this.#grid.slotAt(monoMs + 0.5);
    if (slot === this.#taken) return false;
    this.#taken = slot;
    return true;
  }
}

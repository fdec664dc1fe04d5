/** Dependencies of {@linkcode SharedTimers}. */
export interface SharedTimersDeps {
  /** Monotonic clock in milliseconds. */
  readonly mono: () => number;
  /** Calls `call` by a timer of the event loop, after about `ms` milliseconds. */
  readonly later: (ms: number, call: () => void) => void;
}

/** Waits end at multiples of this time. */
const gridMs = 10;

/**
 * Waits that need not be exact. Each wake-up of the process costs as much as the work of an exchange, so the waits of many
 * lines end together. Lines that once ended a wait together continue together.
 */
export class SharedTimers {
  readonly #deps: SharedTimersDeps;
  /** The waits that have not ended, by their end in monotonic milliseconds. */
  readonly #waits = new Map<number, Promise<void>>();

  constructor(deps: SharedTimersDeps) {
    this.#deps = deps;
  }

  /**
   * Waits until about a time.
   *
   * @param atMs monotonic milliseconds
   * @returns a promise that resolves up to 10 ms and the delay of a timer later
   */
  at(atMs: number): Promise<void> {
    const endMs = Math.ceil(atMs / gridMs) * gridMs;
    const known = this.#waits.get(endMs);
    if (known !== undefined) return known;
    const { promise: ended, resolve } = Promise.withResolvers<void>();
    this.#waits.set(endMs, ended);
    this.#deps.later(Math.max(0, Math.ceil(endMs - this.#deps.mono())), () => {
      this.#waits.delete(endMs);
      resolve();
    });
    return ended;
  }
}

/** Dependencies of {@linkcode SharedTimers}. */
export interface SharedTimersDeps {
  /** Monotonic clock in milliseconds. */
  readonly mono: () => number;
  /** Calls `call` by a timer of the event loop, after about `ms` milliseconds. */
  readonly later: (ms: number, call: () => void) => void;
}

interface SharedTimer {
  readonly atMs: number;
  readonly ended: Promise<void>;
}

/** How much later than requested a wait may end to share the timer of another wait. */
const sharedMs = 10;

/**
 * Waits that need not be exact. Each wake-up of the process costs as much as the work of an exchange, so the waits of many
 * lines share timers.
 */
export class SharedTimers {
  readonly #deps: SharedTimersDeps;
  readonly #timers = new Set<SharedTimer>();

  constructor(deps: SharedTimersDeps) {
    this.#deps = deps;
  }

  /**
   * Waits until about a time.
   *
   * @param atMs monotonic milliseconds
   * @returns a promise that resolves up to 10 ms and the delay of a timer later, or up to a millisecond earlier
   */
  at(atMs: number): Promise<void> {
    for (const timer of this.#timers) {
      if (timer.atMs >= atMs && timer.atMs <= atMs + sharedMs) return timer.ended;
    }
    const { promise: ended, resolve } = Promise.withResolvers<void>();
    const timer = { atMs, ended };
    this.#timers.add(timer);
    this.#deps.later(Math.floor(atMs - this.#deps.mono()), () => {
      this.#timers.delete(timer);
      resolve();
    });
    return ended;
  }
}

/** Dependencies of {@linkcode DueTimes}. */
export interface DueTimesDeps {
  /** Monotonic clock in milliseconds. */
  readonly mono: () => number;
  /** Blocks the thread for exactly `ms` milliseconds. */
  readonly block: (ms: number) => void;
  /**
   * Calls `call` by a timer of the event loop, after at least `ms` milliseconds. @returns a function that cancels it
   */
  readonly later: (ms: number, call: () => void) => () => void;
  /** Calls `call` after the callbacks that are ready. */
  readonly afterReady: (call: () => void) => void;
}

/** The maximum delay of a timer; the timer is set earlier by this time, and the rest is a block. */
const timerLateMs = 1.4;
/** The longest block; longer waits begin with a timer. */
const maxBlockMs = 2.5;
/** The longest time without a turn of the event loop, which limits the delay of commands and acknowledgements. */
const maxAwakeMs = 6.5;
/** A wake-up also resolves the waits that are due within this time. */
const grainMs = 0.02;

interface Due {
  readonly atMs: number;
  readonly wake: () => void;
}

/**
 * Exact waits for all lines of a process. A timer of the event loop is up to a millisecond late, and a sleeping thread
 * costs more than the work of an exchange. Therefore a timer wakes the process shortly before the due time, and a block
 * covers the rest: it takes no processor time, and no other line is due during it.
 */
export class DueTimes {
  readonly #deps: DueTimesDeps;
  #dues: Due[] = [];
  #timer: { readonly atMs: number; readonly cancel: () => void } | undefined;
  #isTickPending = false;
  /** Time of the last turn of the event loop. */
  #awakeSinceMs = -Infinity;

  constructor(deps: DueTimesDeps) {
    this.#deps = deps;
  }

  /**
   * Waits until a time, never less. Callbacks that are ready run first.
   *
   * @param atMs monotonic milliseconds
   * @returns a promise that resolves at that time; undefined: the time has passed
   */
  at(atMs: number): Promise<void> | undefined {
    const now = this.#deps.mono();
    if (atMs <= now) return undefined;
    return new Promise((wake) => {
      this.#dues.push({ atMs, wake });
      this.#arm(now);
    });
  }

  #mayBlock(now: number, untilMs: number): boolean {
    return untilMs - now <= maxBlockMs && untilMs - this.#awakeSinceMs <= maxAwakeMs;
  }

  #arm(now: number): void {
    if (this.#dues.length === 0 || this.#isTickPending) return;
    const first = this.#firstMs();
    if (this.#timer !== undefined) {
      if (this.#timer.atMs <= first) return;
      this.#timer.cancel();
      this.#timer = undefined;
    }
    if (this.#mayBlock(now, first)) {
      this.#isTickPending = true;
      return this.#deps.afterReady(() => {
        this.#isTickPending = false;
        this.#tick(this.#deps.mono());
      });
    }
    const cancel = this.#deps.later(Math.max(0, first - now - timerLateMs), () => {
      this.#timer = undefined;
      this.#awakeSinceMs = this.#deps.mono();
      this.#tick(this.#awakeSinceMs);
    });
    this.#timer = { atMs: first, cancel };
  }

  /** Blocks until the first time is due, and resolves all waits that are due. */
  #tick(now: number): void {
    if (this.#dues.length === 0) return;
    const first = this.#firstMs();
    if (first > now && this.#mayBlock(now, first)) this.#blockUntil(first, now);
    const woken = this.#deps.mono() + grainMs;
    const due = this.#dues.filter(({ atMs }) => atMs <= woken);
    if (due.length > 0) this.#dues = this.#dues.filter(({ atMs }) => atMs > woken);
    for (const { wake } of due) wake();
    this.#arm(woken);
  }

  #firstMs(): number {
    return this.#dues.reduce((first, { atMs }) => Math.min(first, atMs), Infinity);
  }

  /** A sleep can end early by less than the resolution of the clock. */
  #blockUntil(atMs: number, now: number): void {
    for (let left = atMs - now; left > 0; left = atMs - this.#deps.mono()) this.#deps.block(left);
  }
}

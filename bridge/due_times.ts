/** What {@linkcode DueTimes} works with. */
export interface DueTimesDeps {
  /** Monotonic clock in milliseconds. */
  readonly mono: () => number;
  /** Blocks for so many milliseconds, exactly. */
  readonly block: (ms: number) => void;
  /** Calls `call` after at least `ms` milliseconds of the event loop. @returns cancels the call */
  readonly later: (ms: number, call: () => void) => () => void;
  /** Calls `call` once what is ready to run has run. */
  readonly soon: (call: () => void) => void;
}

/** A timer ends up to this much too late; what is left then is blocked for. */
const timerLateMs = 1.4;
/** The longest block: longer waits begin with a timer. */
const mostBlockMs = 2.5;
/** The event loop gets its turn at least so often: commands and acknowledgements wait for no longer. */
const mostAwakeMs = 5;
/** What is due within this time of a wake-up is woken with it. */
const grainMs = 0.02;

interface Due {
  readonly atMs: number;
  readonly wake: () => void;
}

/**
 * Exact times for all lines of a process. A timer of the event loop is up to a millisecond late, and a thread that sleeps
 * costs more than the work of an exchange. So a timer wakes the process shortly before a time is due, and the rest is
 * blocked for: that takes no processor time, and no other line is due in it.
 */
export class DueTimes {
  readonly #deps: DueTimesDeps;
  #dues: Due[] = [];
  #timer: { readonly atMs: number; readonly cancel: () => void } | undefined;
  #ticksSoon = false;
  /** Since when the event loop had no turn. */
  #awakeSinceMs = -Infinity;

  constructor(deps: DueTimesDeps) {
    this.#deps = deps;
  }

  /**
   * Waits until a time, never shorter. What is ready to run goes first.
   *
   * @param atMs monotonic milliseconds
   * @returns resolves then; undefined: it is over
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
    return untilMs - now <= mostBlockMs && untilMs - this.#awakeSinceMs <= mostAwakeMs;
  }

  #arm(now: number): void {
    if (this.#dues.length === 0 || this.#ticksSoon) return;
    const first = this.#firstMs();
    if (this.#timer !== undefined) {
      if (this.#timer.atMs <= first) return;
      this.#timer.cancel();
      this.#timer = undefined;
    }
    if (this.#mayBlock(now, first)) {
      this.#ticksSoon = true;
      return this.#deps.soon(() => {
        this.#ticksSoon = false;
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

  /** Blocks until the first time is due, and wakes all that are. */
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

  /** A sleep may end early by less than the resolution of the clock. */
  #blockUntil(atMs: number, now: number): void {
    for (let left = atMs - now; left > 0; left = atMs - this.#deps.mono()) this.#deps.block(left);
  }
}

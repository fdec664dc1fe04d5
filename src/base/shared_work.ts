import type { Time } from "./time.ts";

/** How long a caller waits for work to begin, and the error that it gets then. */
export interface JoinOptions {
  /** Monotonic time in milliseconds; undefined: without a limit. */
  readonly untilMs: number | undefined;
  /** The error when the limit has passed. */
  readonly late: () => Error;
}

/** Options of shared work. */
export interface SharedWorkOptions {
  /**
   * Whether the work runs even if every caller has left.
   *
   * @default false
   */
  readonly guaranteed?: boolean;
  /** Called when the last caller leaves before the work begins. */
  readonly onLeft?: () => void;
}

interface Caller<T> {
  readonly options: JoinOptions;
  readonly resolve: (outcome: Promise<T>) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * One task that several callers wait for. All of them get its result. A caller whose limit passes before the task
 * begins gets an error. After it has begun, every caller waits for its end.
 */
export class SharedWork<T> {
  readonly #work: () => Promise<T>;
  readonly #time: Time;
  readonly #options: SharedWorkOptions;
  readonly #waiting = new Set<Caller<T>>();
  readonly #settled = new AbortController();
  #outcome: Promise<T> | undefined;
  #callers = 0;

  /** @param work runs once */
  constructor(work: () => Promise<T>, time: Time, options: SharedWorkOptions = {}) {
    this.#work = work;
    this.#time = time;
    this.#options = options;
  }

  /** Number of callers that have joined and have not left. */
  get callers(): number {
    return this.#callers;
  }

  /** Waits for the result. @throws the error of the work, the error that `options.late` returns, or the reason of `refuse` */
  join(options: JoinOptions): Promise<T> {
    this.#callers++;
    if (this.#outcome !== undefined) return this.#outcome;
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const caller = { options, resolve, reject };
    this.#waiting.add(caller);
    if (options.untilMs !== undefined) void this.#leaveAt(options.untilMs, caller);
    return promise;
  }

  /** Rejects every caller whose limit has passed, and begins. Resolves when the work has ended; never rejects. */
  async begin(): Promise<void> {
    const now = this.#time.mono();
    for (const caller of [...this.#waiting]) {
      if (caller.options.untilMs !== undefined && caller.options.untilMs <= now) this.#leave(caller);
    }
    if (this.#outcome !== undefined || this.#callers === 0 && this.#options.guaranteed !== true) return;
    await this.#settle(this.#work());
  }

  /** Rejects every caller, also later ones. The work does not run unless it has already begun. */
  refuse(error: unknown): void {
    if (this.#outcome === undefined) void this.#settle(Promise.reject(error));
  }

  /** Resolves when `outcome` has settled. */
  #settle(outcome: Promise<T>): Promise<unknown> {
    this.#outcome = outcome;
    this.#settled.abort();
    for (const { resolve } of this.#waiting) resolve(outcome);
    this.#waiting.clear();
    return outcome.catch(() => {});
  }

  async #leaveAt(untilMs: number, caller: Caller<T>): Promise<void> {
    const { signal } = this.#settled;
    await this.#time.sleep(untilMs - this.#time.mono(), signal);
    if (!signal.aborted) this.#leave(caller);
  }

  #leave(caller: Caller<T>): void {
    if (!this.#waiting.delete(caller)) return;
    this.#callers--;
    caller.reject(caller.options.late());
    if (this.#callers === 0) this.#options.onLeft?.();
  }
}

import type { Time } from "./time.ts";

/** Resolves when `signal` is aborted. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

/** Resolves when `work` has ended, or after `ms` milliseconds. `work` must not reject. */
export async function within(work: Promise<unknown>, ms: number, time: Pick<Time, "sleep">): Promise<void> {
  const timer = new AbortController();
  await Promise.race([work, time.sleep(ms, timer.signal)]);
  timer.abort();
}

/** Runs `work` after each pause until `signal` is aborted. `work` must not reject. */
export async function repeatedly(
  work: () => Promise<void> | void,
  pauseMs: () => number,
  { time, signal }: { time: Pick<Time, "sleep">; signal: AbortSignal },
): Promise<void> {
  while (!signal.aborted) {
    await time.sleep(pauseMs(), signal);
    if (!signal.aborted) await work();
  }
}

/**
 * A signal that is aborted together with another signal, or before it. Disposing aborts it and leaves no listener on the
 * other signal, which may live much longer.
 */
export class LinkedAbort implements Disposable {
  readonly #own = new AbortController();
  readonly #parent: AbortSignal;

  constructor(parent: AbortSignal) {
    this.#parent = parent;
    if (parent.aborted) this.#own.abort();
    else parent.addEventListener("abort", this.abort, { once: true });
  }

  get signal(): AbortSignal {
    return this.#own.signal;
  }

  /** Aborts this signal only. */
  readonly abort = (): void => this.#own.abort();

  [Symbol.dispose](): void {
    this.#parent.removeEventListener("abort", this.abort);
    this.abort();
  }
}

import { AbortCalls } from "./abort_calls.ts";

/** Milliseconds of a minute. */
export const minuteMs = 60_000;
/** Milliseconds of an hour. */
export const hourMs = 60 * minuteMs;
/** Milliseconds of a day. */
export const dayMs = 24 * hourMs;

/** The two clocks and the timer. All code gets them as an argument, so that a test can control time. */
export interface Time {
  /** Wall clock in milliseconds since 1970; only for timestamps. */
  now(): number;
  /** Monotonic clock in milliseconds, for intervals and deadlines: it does not follow jumps of the wall clock. */
  mono(): number;
  /**
   * Resolves after `ms` milliseconds (0 or less: on the next turn), or at once when `signal` is aborted.
   * Never rejects: check `signal.aborted` if the difference matters.
   */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

class SystemTime implements Time {
  readonly #aborts = new AbortCalls();

  now(): number {
    return Date.now();
  }

  mono(): number {
    return performance.now();
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        unwatch?.();
        resolve();
      };
      const timer = setTimeout(wake, Math.max(0, ms));
      const unwatch = signal && this.#aborts.watch(signal, wake);
    });
  }
}

/** The machine's own clocks and timers. */
export const systemTime: Time = new SystemTime();

/** RFC 3339 UTC with milliseconds, the format of every published timestamp: `2026-01-31T08:00:00.000Z`. */
export function timestamp(epochMs: number): string {
  return new Date(epochMs).toISOString();
}

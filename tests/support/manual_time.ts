import type { Time } from "../../src/base/time.ts";

/** A time that stands still until it is told to go on. */
export class ManualTime implements Time {
  #nowMs: number;
  #monoMs = 0;
  readonly #sleepers = new Set<{ atMs: number; wake: () => void }>();

  /** @param nowMs the wall clock's start */
  constructor(nowMs = Date.UTC(2026, 0, 1)) {
    this.#nowMs = nowMs;
  }

  now(): number {
    return this.#nowMs;
  }

  mono(): number {
    return this.#monoMs;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const sleeper = {
        atMs: this.#monoMs + Math.max(0, ms),
        wake: () => {
          this.#sleepers.delete(sleeper);
          signal?.removeEventListener("abort", sleeper.wake);
          resolve();
        },
      };
      this.#sleepers.add(sleeper);
      signal?.addEventListener("abort", sleeper.wake, { once: true });
    });
  }

  /** Lets both clocks go on and wakes who is due, in order. */
  advance(ms: number): void {
    this.#nowMs += ms;
    this.#monoMs += ms;
    const due = [...this.#sleepers].filter(({ atMs }) => atMs <= this.#monoMs).sort((a, b) => a.atMs - b.atMs);
    for (const { wake } of due) wake();
  }
}

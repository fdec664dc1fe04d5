import type { Time } from "../base/time.ts";
import type { DelayFigures } from "./figures.ts";

/** A timer that ends late shows the delay. */
const intervalMs = 200;
const remembered = 300;

/** Measures for the last minute how late the event loop reacts. */
export class LoopDelay {
  readonly #time: Pick<Time, "mono" | "sleep">;
  readonly #delaysMs: number[] = [];
  readonly #closing = new AbortController();
  #next = 0;

  /** Measures until `close`. */
  constructor(time: Pick<Time, "mono" | "sleep">) {
    this.#time = time;
    void this.#measure();
  }

  /** The quantiles now. */
  get quantiles(): DelayFigures["loopDelayMs"] {
    const sorted = this.#delaysMs.toSorted((left, right) => left - right);
    const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
    return sorted.length === 0 ? undefined : { p50: at(0.5), p99: at(0.99) };
  }

  close(): void {
    this.#closing.abort();
  }

  async #measure(): Promise<void> {
    const { signal } = this.#closing;
    while (true) {
      const dueMs = this.#time.mono() + intervalMs;
      await this.#time.sleep(intervalMs, signal);
      if (signal.aborted) return;
      this.#delaysMs[this.#next] = Math.max(0, this.#time.mono() - dueMs);
      this.#next = (this.#next + 1) % remembered;
    }
  }
}

import { setImmediate } from "node:timers";
import type { Time } from "../../src/base/time.ts";

interface Sleep {
  readonly endMs: number;
  readonly signal: AbortSignal | undefined;
  readonly wake: () => void;
}

/** A clock on which each sleep makes one sleep end in the next turn of the event loop: the one that ends first. */
export class EagerTime implements Time {
  #wallMs = Date.UTC(2026, 0, 31, 8);
  #monoMs = 0;
  #sleeps: Sleep[] = [];

  now = (): number => this.#wallMs;

  mono = (): number => this.#monoMs;

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.resolve();
    return new Promise((wake) => {
      this.#sleeps.push({ endMs: this.#monoMs + Math.max(0, ms), signal, wake });
      setImmediate(() => this.#endFirst());
    });
  }

  /** Called once for each sleep. */
  #endFirst(): void {
    const aborted = this.#sleeps.find(({ signal }) => signal?.aborted);
    const first = aborted ?? this.#sleeps.reduce((one, other) => other.endMs < one.endMs ? other : one);
    this.#sleeps = this.#sleeps.filter((sleep) => sleep !== first);
    if (aborted === undefined) {
      const passedMs = Math.max(0, first.endMs - this.#monoMs);
      this.#wallMs += passedMs;
      this.#monoMs += passedMs;
    }
    first.wake();
  }
}

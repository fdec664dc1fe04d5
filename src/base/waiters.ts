import type { Time } from "./time.ts";
import { LinkedAbort } from "./waits.ts";

/** Callers that wait for an event. */
export class Waiters {
  readonly #waiting = new Set<() => void>();

  /** Resolves at the next `release`, or when `signal` is aborted. */
  async wait(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const release = () => resolve();
    this.#waiting.add(release);
    signal.addEventListener("abort", release, { once: true });
    await promise;
    signal.removeEventListener("abort", release);
    this.#waiting.delete(release);
  }

  /** Resolves when `holds` returns false after a `release`, after `withinMs`, or when `signal` is aborted. */
  async waitWhile(
    holds: () => boolean,
    { withinMs, time, signal }: { readonly withinMs: number; readonly time: Time; readonly signal: AbortSignal },
  ): Promise<void> {
    using over = new LinkedAbort(signal);
    const timer = time.sleep(withinMs, over.signal).then(over.abort);
    while (holds() && !over.signal.aborted) await this.wait(over.signal);
    over.abort();
    await timer;
  }

  /** Resolves all waiting callers. */
  release(): void {
    for (const release of this.#waiting) release();
  }
}

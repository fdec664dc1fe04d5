/** Callers that wait for something to happen. */
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

  /** Lets all callers go on that wait now. */
  release(): void {
    for (const release of this.#waiting) release();
  }
}

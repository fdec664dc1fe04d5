/** Ends the polling of a meter from outside. */
export class ExternalFailure {
  #end: (failure: unknown) => void = () => {};

  /** Rejects when `fail` is called; resolves when `signal` is aborted. */
  wait(signal: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#end = reject;
    signal.addEventListener("abort", () => resolve(), { once: true });
    return promise;
  }

  /** Ends the wait, if there is one, with a failure. */
  fail(failure: unknown): void {
    this.#end(failure);
  }
}

/** Calls functions when a signal is aborted. Uses one listener for each signal, however many functions wait. */
export class AbortCalls {
  readonly #watched = new WeakMap<AbortSignal, Set<() => void>>();

  /** Calls `call` when `signal` is aborted. @returns a function that removes `call` */
  watch(signal: AbortSignal, call: () => void): () => void {
    const watched = this.#watched.get(signal) ?? this.#listen(signal);
    watched.add(call);
    return () => watched.delete(call);
  }

  #listen(signal: AbortSignal): Set<() => void> {
    const watched = new Set<() => void>();
    this.#watched.set(signal, watched);
    signal.addEventListener("abort", () => [...watched].forEach((call) => call()), { once: true });
    return watched;
  }
}

/** Calls what waits for a signal, by one listener for each signal, however much comes and goes under it. */
export class AbortCalls {
  readonly #watched = new WeakMap<AbortSignal, Set<() => void>>();

  /** Has `call` called when `signal` is aborted. @returns ends that */
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

/** Tells work that its signal was aborted, by one listener for each signal, however much work comes and goes under it. */
export class TakeBacks {
  readonly #watched = new WeakMap<AbortSignal, Set<() => void>>();

  /** Has `takeBack` called when `signal` is aborted. @returns ends that */
  watch(signal: AbortSignal, takeBack: () => void): () => void {
    const watched = this.#watched.get(signal) ?? this.#listen(signal);
    watched.add(takeBack);
    return () => watched.delete(takeBack);
  }

  #listen(signal: AbortSignal): Set<() => void> {
    const watched = new Set<() => void>();
    this.#watched.set(signal, watched);
    signal.addEventListener("abort", () => [...watched].forEach((takeBack) => takeBack()), { once: true });
    return watched;
  }
}

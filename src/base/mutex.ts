/** Runs one task at a time, in order of arrival. */
export class Mutex {
  #tail: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  /** Number of tasks that run or wait. */
  get pending(): number {
    return this.#waiting;
  }

  /** Runs `work` after all earlier tasks have settled, and returns its result. */
  run<T>(work: () => Promise<T>): Promise<T> {
    this.#waiting++;
    const outcome = this.#tail.then(work).finally(() => this.#waiting--);
    this.#tail = outcome.catch(() => {});
    return outcome;
  }
}

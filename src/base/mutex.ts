/** Runs one piece of work at a time, in the order of arrival. */
export class Mutex {
  #tail: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  /** Work that runs or waits. */
  get pending(): number {
    return this.#waiting;
  }

  /** Runs `work` once all earlier work has ended, however it ended, and passes its outcome on. */
  run<T>(work: () => Promise<T>): Promise<T> {
    this.#waiting++;
    const outcome = this.#tail.then(work).finally(() => this.#waiting--);
    this.#tail = outcome.catch(() => {});
    return outcome;
  }
}

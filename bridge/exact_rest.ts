/** A first guess; what is measured replaces it. */
const usualHopMs = 0.1;
/** A share of each later arrival by which the guess grows, so that it stays near the least that was seen lately. */
const growth = 1 / 32;
/** Longer than that nothing is waited for in a loop: a guess that was once too high costs no more. */
const mostSpinMs = 0.2;

/**
 * Rests on a thread, where the system sleeps more exactly than a timer. Handing over and back takes time of its own,
 * a few tenths of a millisecond that differ from machine to machine: they are measured and taken off.
 */
export class ExactRest {
  readonly #sleep: (us: number) => Promise<unknown>;
  readonly #mono: () => number;
  #hopMs = usualHopMs;

  /**
   * @param sleep sleeps so many microseconds on a thread
   * @param mono monotonic milliseconds
   */
  constructor(sleep: (us: number) => Promise<unknown>, mono: () => number) {
    this.#sleep = sleep;
    this.#mono = mono;
  }

  /** Resolves `ms` milliseconds from now, never earlier than that by more than the clock's grain. */
  async for(ms: number): Promise<void> {
    const start = this.#mono();
    const askedMs = ms - this.#hopMs;
    if (askedMs > 0) {
      await this.#sleep(Math.floor(askedMs * 1000));
      const hopMs = this.#mono() - start - askedMs;
      this.#hopMs += hopMs < this.#hopMs ? hopMs - this.#hopMs : (hopMs - this.#hopMs) * growth;
    } else {
      // Nothing is measured any more, so that one delay beyond all measure would be believed for good.
      this.#hopMs *= 1 - growth;
    }
    const spinUntil = Math.min(start + ms, this.#mono() + mostSpinMs);
    while (this.#mono() < spinUntil);
    const left = start + ms - this.#mono();
    if (left > 0) await this.#sleep(Math.ceil(left * 1000));
  }
}

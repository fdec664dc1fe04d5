/** Each step is 2^(1/8) times the previous one, so a value is accurate to about 5 %. */
const stepsPerOctave = 8;
const leastMs = 0.05;
/** From 0.05 ms to more than a minute. */
const steps = 170;
/** This many times have full weight; the weight of older ones decreases. */
const remembered = 1024;

/** The distribution of about the last thousand times, in constant memory. */
export class RecentTimes {
  readonly #counts = new Float32Array(steps);
  #total = 0;
  /** The last result, until a time is added. */
  #known: { readonly share: number; readonly ms: number } | undefined;

  /** Adds a time in milliseconds, 0 or more. */
  add(ms: number): void {
    this.#known = undefined;
    const step = Math.round(stepsPerOctave * Math.log2(Math.max(ms, leastMs) / leastMs));
    const index = Math.min(step, steps - 1);
    this.#counts[index] = (this.#counts[index] ?? 0) + 1;
    if (++this.#total < remembered) return;
    for (const [at, count] of this.#counts.entries()) this.#counts[at] = count / 2;
    this.#total /= 2;
  }

  /**
   * The quantile of the times in milliseconds.
   *
   * @param share 0..1; 0.5: median
   * @returns undefined before the first time
   */
  quantile(share: number): number | undefined {
    if (this.#total === 0) return undefined;
    if (this.#known?.share === share) return this.#known.ms;
    let left = share * this.#total;
    let index = 0;
    for (let at = 0; at < steps; at++) {
      const count = this.#counts[at] ?? 0;
      left -= count;
      if (left > 0 || count === 0) continue;
      index = at;
      break;
    }
    const ms = Number((leastMs * 2 ** (index / stepsPerOctave)).toPrecision(2));
    this.#known = { share, ms };
    return ms;
  }
}

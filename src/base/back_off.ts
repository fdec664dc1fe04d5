/** The limits of pauses that become longer. */
export interface BackOffLimits {
  /** Pause after the first failure, in milliseconds. */
  readonly firstMs: number;
  /** No pause is longer, in milliseconds. */
  readonly longestMs: number;
}

/** Enough to reach any limit, and the product stays finite. */
const maxDoublings = 50;

/**
 * The pause after a number of failures in a row, in milliseconds: it doubles with each failure, up to the longest.
 *
 * @param failures 1 or more
 */
export function backOffMs(failures: number, { firstMs, longestMs }: BackOffLimits): number {
  return Math.min(firstMs * 2 ** Math.min(failures - 1, maxDoublings), longestMs);
}

/** Counts failures in a row, and computes the pause after each of them. */
export class BackOff {
  readonly #limits: BackOffLimits;
  #failures = 0;

  constructor(limits: BackOffLimits) {
    this.#limits = limits;
  }

  /** Counts one more failure. @returns the pause after it, in milliseconds: see {@linkcode backOffMs} */
  failed(): number {
    return backOffMs(++this.#failures, this.#limits);
  }

  /** After a success the next failure is the first one. */
  reset(): void {
    this.#failures = 0;
  }
}

/** The maximum increase of the expected time if the answer was incomplete at the first look. */
const laterMs = 0.1;
/**
 * The decrease of the expected time if the answer was complete: after an exact look, and after a look that was some
 * milliseconds late. After this many consecutive looks it decreases faster, up to `fastest` times.
 */
const exactLooks = { earlierMs: 0.05, looksUntilFaster: 4 } as const;
const lateLooks = { earlierMs: 0.01, looksUntilFaster: 30 } as const;
const fastest = 32;

interface Expectation {
  ms: number;
  /** Number of consecutive first looks with a complete answer. */
  whole: number;
}

/**
 * Time from a request to its complete answer, for each unit and length of the answer, so that one read of the line is
 * enough. With exact looks it converges where two of three answers are complete, so that the wait for a unit with an
 * irregular turnaround is not longer than usual; with looks that are some milliseconds late, where ten of eleven are.
 */
export class ArrivalTimes {
  readonly #expected = new Map<number, Expectation>();

  /** Milliseconds from the request to the complete answer; undefined before the first answer. */
  expectedMs(unit: number, answerBytes: number): number | undefined {
    return this.#expected.get(keyOf(unit, answerBytes))?.ms;
  }

  /**
   * Call it with the time of a complete answer.
   *
   * @param ms from the request to the read of the answer
   * @param firstLook whether the answer was complete at the first look, and may have arrived long before; undefined:
   * the read waited for it, and ended at its arrival
   * @param exact whether the look was at the expected time, and not some milliseconds later
   */
  add(unit: number, answerBytes: number, ms: number, firstLook: boolean | undefined, exact = true): void {
    const key = keyOf(unit, answerBytes);
    const known = this.#expected.get(key);
    if (known === undefined) {
      this.#expected.set(key, { ms, whole: 0 });
    } else if (firstLook === undefined) {
      known.ms = ms;
    } else if (firstLook) {
      known.whole++;
      const { earlierMs, looksUntilFaster } = exact ? exactLooks : lateLooks;
      known.ms -= earlierMs * Math.min(fastest, 2 ** Math.max(0, known.whole - looksUntilFaster));
    } else {
      known.whole = 0;
      known.ms += Math.min(laterMs, Math.max(-exactLooks.earlierMs, ms - known.ms));
    }
  }
}

function keyOf(unit: number, answerBytes: number): number {
  return unit * 512 + answerBytes;
}

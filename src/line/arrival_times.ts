/** By how much an expectation gives way at most when the answer was not whole at the first look. */
const laterMs = 0.1;
/**
 * By how much it gives way when the answer was: where the look was exact, and where it was some milliseconds late. After so
 * many such looks in a row it gives way faster, up to so many times.
 */
const exactLooks = { earlierMs: 0.05, looksUntilFaster: 4 } as const;
const lateLooks = { earlierMs: 0.01, looksUntilFaster: 30 } as const;
const fastest = 32;

interface Expectation {
  ms: number;
  /** First looks in a row at which the whole answer was there. */
  whole: number;
}

/**
 * How long after a request its whole answer is there, for each unit and length of answer: so that one look at the line
 * is enough. Exact looks settle where two of three answers are whole, so that a unit that answers unevenly is not waited
 * for longer than it mostly takes; looks that are some milliseconds late settle where ten of eleven are.
 */
export class ArrivalTimes {
  readonly #expected = new Map<number, Expectation>();

  /** Milliseconds from the request to the whole answer; undefined before the first. */
  expectedMs(unit: number, answerBytes: number): number | undefined {
    return this.#expected.get(keyOf(unit, answerBytes))?.ms;
  }

  /**
   * An answer came whole.
   *
   * @param ms from the request to when it was seen
   * @param firstLook it was whole when it was looked for at the expected time, perhaps since long; undefined: it was
   * awaited, and seen when it came
   * @param exact whether the look was at the expected time, and not some milliseconds later
   */
  took(unit: number, answerBytes: number, ms: number, firstLook: boolean | undefined, exact = true): void {
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

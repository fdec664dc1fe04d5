/** By how much an expectation gives way when the whole answer was there at the first look, and when it was not. */
const earlierMs = 0.05;
const laterMs = 0.1;
/** After so many first looks in a row that came too late the expectation gives way faster, up to so many times. */
const lateLooksUntilFaster = 4;
const fastest = 32;

interface Expectation {
  ms: number;
  /** First looks in a row at which the whole answer was there. */
  whole: number;
}

/**
 * How long after a request its whole answer is there, for each unit and length of answer: so that one look at the line
 * is enough. It settles where two of three answers are whole at the first look, so that a unit that answers unevenly
 * is not waited for longer than it mostly takes.
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
   */
  took(unit: number, answerBytes: number, ms: number, firstLook: boolean | undefined): void {
    const key = keyOf(unit, answerBytes);
    const known = this.#expected.get(key);
    if (known === undefined) {
      this.#expected.set(key, { ms, whole: 0 });
    } else if (firstLook === undefined) {
      known.ms = ms;
    } else if (firstLook) {
      known.whole++;
      known.ms -= earlierMs * Math.min(fastest, 2 ** Math.max(0, known.whole - lateLooksUntilFaster));
    } else {
      known.whole = 0;
      known.ms += Math.min(laterMs, Math.max(0, ms - known.ms));
    }
  }
}

function keyOf(unit: number, answerBytes: number): number {
  return unit * 512 + answerBytes;
}

/** The maximum increase of the expected time if the answer was incomplete at the first read. */
const laterMs = 0.1;
/**
 * The decrease of the expected time if the answer was complete: after an exact read, and after a read that may have
 * been late. After this many consecutive reads it decreases faster: twice as fast after each one, up to
 * `maxDoublings` times.
 */
const exactReads = { earlierMs: 0.05, readsUntilFaster: 4 } as const;
const lateReads = { earlierMs: 0.01, readsUntilFaster: 30 } as const;
const maxDoublings = 5;

interface Expectation {
  ms: number;
  /** Number of consecutive first reads with a complete answer. */
  whole: number;
}

/**
 * Time from a request to its complete answer, for each unit and length of the answer, so that one read of the line is
 * enough. With exact reads it converges where two of three answers are complete, so that the wait for a unit with an
 * irregular turnaround is not longer than usual; with reads that may be late, where ten of eleven are.
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
   * @param wasFirstRead whether the answer was complete at the first read, and may have arrived long before; undefined:
   * the read waited for it, and ended at its arrival
   * @param exact whether the read was at the expected time; false: it may have been late
   */
  add(unit: number, answerBytes: number, ms: number, wasFirstRead: boolean | undefined, exact = true): void {
    const key = keyOf(unit, answerBytes);
    const known = this.#expected.get(key);
    if (known === undefined) {
      this.#expected.set(key, { ms, whole: 0 });
    } else if (wasFirstRead === undefined) {
      known.ms = ms;
    } else if (wasFirstRead) {
      known.whole++;
      const { earlierMs, readsUntilFaster } = exact ? exactReads : lateReads;
      known.ms -= earlierMs * (1 << Math.min(maxDoublings, Math.max(0, known.whole - readsUntilFaster)));
    } else {
      known.whole = 0;
      known.ms += Math.min(laterMs, Math.max(-exactReads.earlierMs, ms - known.ms));
    }
  }
}

function keyOf(unit: number, answerBytes: number): number {
  return unit * 512 + answerBytes;
}

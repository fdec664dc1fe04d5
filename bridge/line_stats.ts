/** How busy a line is. */
export interface LineStats {
  /** Share of the last ten seconds that was spent in exchanges, 0..1. */
  readonly utilisation: number;
  /** Exchanges since the line was made. */
  readonly exchanges: number;
  /** Those of them that got no usable answer; a refusal is an answer. */
  readonly errors: number;
}

const bucketMs = 1000;
const buckets = 10;

/** Counts exchanges and the time they take; all times are monotonic milliseconds. */
export class LineStatistics {
  readonly #startedAt: number;
  readonly #busyMs = new Map<number, number>();
  #exchanges = 0;
  #errors = 0;

  constructor(now: number) {
    this.#startedAt = now;
  }

  /** Counts an exchange that took from `start` to `end`. */
  count(start: number, end: number, usable: boolean): void {
    this.#exchanges++;
    if (!usable) this.#errors++;
    for (let from = start; from < end;) {
      const bucket = Math.floor(from / bucketMs);
      const to = Math.min(end, (bucket + 1) * bucketMs);
      this.#busyMs.set(bucket, (this.#busyMs.get(bucket) ?? 0) + to - from);
      from = to;
    }
    this.#forget(end);
  }

  /** The figures at `now`. */
  at(now: number): LineStats {
    this.#forget(now);
    const span = Math.min(now - this.#startedAt, buckets * bucketMs);
    const busy = this.#busyMs.values().reduce((sum, ms) => sum + ms, 0);
    const utilisation = span <= 0 ? 0 : Math.min(1, busy / span);
    return { utilisation, exchanges: this.#exchanges, errors: this.#errors };
  }

  #forget(now: number): void {
    const oldest = Math.floor(now / bucketMs) - buckets;
    for (const bucket of this.#busyMs.keys()) {
      if (bucket <= oldest) this.#busyMs.delete(bucket);
    }
  }
}

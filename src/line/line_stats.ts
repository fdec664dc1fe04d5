import { ExchangeCounter, type ExchangeStats } from "./exchange_stats.ts";
import type { Outcome } from "./modbus_client.ts";
import { RecentTimes } from "./recent_times.ts";

/** Load of a line, and counts of its exchanges. */
export interface LineStats extends ExchangeStats {
  /** Share of the last ten seconds with an exchange, 0..1. A line that was opened later counts from then. */
  readonly utilisation: number;
}

/** One finished exchange; times are monotonic milliseconds. */
export interface CountedExchange {
  readonly unit: number;
  readonly start: number;
  readonly end: number;
  readonly outcome: Outcome;
  /** From the end of the request to the beginning of the answer; absent: unknown. */
  readonly turnaroundMs: number | undefined;
}

interface UnitStatistics {
  readonly counter: ExchangeCounter;
  readonly turnarounds: RecentTimes;
}

/** From this utilisation on, a line is busy. */
const busyFrom = 0.8;
/** Below this utilisation, a line is mostly idle. */
const idleBelow = 0.2;
const bucketMs = 1000;
const buckets = 10;

/** Counts the exchanges of a line and their time, for each unit and in total. */
export class LineStatistics {
  #openedAt: number;
  /** Beginning of the exchange in progress. */
  #exchangeSince: number | undefined;
  readonly #busyMs = new Map<number, number>();
  /** The first bucket that is counted. */
  #firstBucket = -Infinity;
  /** The utilisation at the last change of the first bucket. */
  #recent = 0;
  readonly #all = new ExchangeCounter();
  readonly #units = new Map<number, UnitStatistics>();

  /** @param now monotonic milliseconds */
  constructor(now: number) {
    this.#openedAt = now;
  }

  /** The line was opened at `now`: the time without a device does not count. */
  opened(now: number): void {
    this.#openedAt = now;
    this.#exchangeSince = undefined;
    this.#busyMs.clear();
    this.#firstBucket = -Infinity;
  }

  /** An exchange begins at `start`; `count` ends it. */
  began(start: number): void {
    this.#exchangeSince = start;
  }

  count({ unit, start, end, outcome, turnaroundMs }: CountedExchange): void {
    this.#exchangeSince = undefined;
    const { counter, turnarounds } = this.#of(unit);
    counter.count(outcome, end - start);
    this.#all.count(outcome, end - start);
    if (turnaroundMs !== undefined) turnarounds.add(turnaroundMs);
    for (let from = start; from < end;) {
      const bucket = Math.floor(from / bucketMs);
      const to = Math.min(end, (bucket + 1) * bucketMs);
      this.#busyMs.set(bucket, (this.#busyMs.get(bucket) ?? 0) + to - from);
      from = to;
    }
    this.#forget(end);
  }

  /** The statistics of the whole line at `now`. */
  at(now: number): LineStats {
    this.#forget(now);
    return { utilisation: this.#utilisation(now), ...this.#all.stats() };
  }

  /** Whether the line was busy in the last seconds. */
  isBusy(now: number): boolean {
    this.#forget(now);
    return this.#recent >= busyFrom;
  }

  /** Whether the line was mostly idle in the last seconds. */
  isMostlyIdle(now: number): boolean {
    this.#forget(now);
    return this.#recent < idleBelow;
  }

  /** The statistics of one unit. */
  unit(unit: number): ExchangeStats {
    return this.#of(unit).counter.stats();
  }

  /** Number of exchanges without an answer of one unit. */
  unitTimeouts(unit: number): number {
    return this.#of(unit).counter.timeouts;
  }

  /** Usual turnaround of a unit; undefined before its first answer. */
  turnaroundMs(unit: number): number | undefined {
    return this.#of(unit).turnarounds.quantile(0.5);
  }

  /** Removes the statistics of one unit; the exchanges stay in those of the line. */
  forget(unit: number): void {
    this.#units.delete(unit);
  }

  #of(unit: number): UnitStatistics {
    const known = this.#units.get(unit);
    if (known !== undefined) return known;
    const added = { counter: new ExchangeCounter(), turnarounds: new RecentTimes() };
    this.#units.set(unit, added);
    return added;
  }

  #utilisation(now: number): number {
    // The kept buckets begin with a whole second, so they cover nine to ten seconds
    const from = Math.max(this.#openedAt, firstBucket(now) * bucketMs);
    const counted = this.#busyMs.values().reduce((sum, ms) => sum + ms, 0);
    const inProgress = this.#exchangeSince === undefined ? 0 : Math.max(0, now - Math.max(from, this.#exchangeSince));
    return now <= from ? 0 : Math.min(1, (counted + inProgress) / (now - from));
  }

  #forget(now: number): void {
    const first = firstBucket(now);
    if (first === this.#firstBucket) return;
    this.#firstBucket = first;
    for (const bucket of this.#busyMs.keys()) {
      if (bucket < first) this.#busyMs.delete(bucket);
    }
    this.#recent = this.#utilisation(now);
  }
}

/** The first bucket of the window that ends at `now`. */
function firstBucket(now: number): number {
  return Math.floor(now / bucketMs) - buckets + 1;
}

import type { Arrival } from "./bench_service.ts";
import { quantile } from "./quantile.ts";

/** Regularity of readings. */
export interface Pace {
  /** Readings a second. */
  readonly rate: number;
  /** Median and 99th percentile of the deviation from the interval, in milliseconds. */
  readonly jitterP50Ms: number;
  readonly jitterP99Ms: number;
  /** Time from the values to the arrival at a subscriber, in milliseconds. */
  readonly delayP50Ms: number;
}

/** @param intervalMs expected interval of the readings */
export function paceOf(arrivals: readonly Arrival[], seconds: number, intervalMs: number): Pace {
  const off = arrivals.slice(1).map(({ takenAtMs }, index) =>
    Math.abs(takenAtMs - (arrivals[index]?.takenAtMs ?? NaN) - intervalMs)
  );
  const offset = performance.timeOrigin;
  return {
    rate: arrivals.length / seconds,
    jitterP50Ms: quantile(off, 0.5),
    jitterP99Ms: quantile(off, 0.99),
    delayP50Ms: quantile(arrivals.map(({ atMs, takenAtMs }) => atMs + offset - takenAtMs), 0.5),
  };
}

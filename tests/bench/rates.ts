import type { Arrival } from "./bench_service.ts";
import { quantile } from "./quantile.ts";

/** How well readings kept their pace. */
export interface Pace {
  /** Readings a second. */
  readonly rate: number;
  /** Half and 99 of 100 intervals between two values differed from the interval by less, in milliseconds. */
  readonly jitterP50Ms: number;
  readonly jitterP99Ms: number;
  /** From the values' time to the arrival at a subscriber, in milliseconds. */
  readonly delayP50Ms: number;
}

/** @param intervalMs what the readings' interval should be */
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

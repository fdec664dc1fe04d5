import type { HistoryPoint } from "../../view/mod.ts";

/** The columns of a chart. The values of one index belong together; null: there is none. */
export interface ChartSeries {
  /** In seconds since 1970. */
  readonly times: readonly number[];
  /** In watts. */
  readonly powerW: readonly (number | null)[];
  /** In volts, by phase. */
  readonly voltageV: readonly (readonly (number | null)[])[];
}

/** The phases of a meter, in the order of {@linkcode ChartSeries}. */
export const phases = ["L1", "L2", "L3"] as const;

/**
 * Points as columns. A period without readings gets a point without values, so that no line crosses it.
 *
 * @param points in the order of time
 * @param gapMs a longer time between two points is a gap
 */
export function chartSeries(points: readonly HistoryPoint[], gapMs: number): ChartSeries {
  const shown: HistoryPoint[] = [];
  for (const point of points) {
    const previous = shown.at(-1);
    if (previous !== undefined && point.at - previous.at > gapMs) shown.push({ at: previous.at + 1 });
    shown.push(point);
  }
  return {
    times: shown.map(({ at }) => at / 1000),
    powerW: shown.map(({ powerW }) => powerW ?? null),
    voltageV: phases.map((phase) => shown.map(({ voltageV }) => voltageV?.[phase] ?? null)),
  };
}

/** The smallest and the largest value, and the mean; undefined: there are no values. */
export function rangeOf(
  values: readonly (number | null)[],
): { readonly min: number; readonly mean: number; readonly max: number } | undefined {
  const present = values.filter((value) => value !== null);
  if (present.length === 0) return undefined;
  let [min, max, sum] = [Infinity, -Infinity, 0];
  for (const value of present) {
    min = Math.min(min, value);
    max = Math.max(max, value);
    sum += value;
  }
  return { min, mean: sum / present.length, max };
}

/**
 * Adds the latest reading to the points of a chart, and removes those before the period.
 *
 * @param stepMs the chart needs no denser points
 * @returns the same array if nothing changes
 */
export function withLatest(
  points: readonly HistoryPoint[],
  latest: HistoryPoint,
  { fromMs, stepMs }: { readonly fromMs: number; readonly stepMs: number },
): readonly HistoryPoint[] {
  const last = points.at(-1);
  if (last !== undefined && latest.at - last.at < stepMs) return points;
  const first = points.findIndex(({ at }) => at >= fromMs);
  return [...(first === -1 ? [] : points.slice(first)), latest];
}

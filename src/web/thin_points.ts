import type { HistoryPoint } from "../view/mod.ts";

/** The most points of a history. */
export const maxPoints = 1_500;

/**
 * At most {@linkcode maxPoints} points of a period: those that fall into the same part of it become one with their means.
 *
 * @param points in any order; those outside of the period are left out
 * @returns in the order of time
 */
export function thinPoints(points: readonly HistoryPoint[], fromMs: number, toMs: number): HistoryPoint[] {
  const within = points.filter(({ at }) => at >= fromMs && at <= toMs).sort((one, other) => one.at - other.at);
  if (within.length <= maxPoints) return within;
  const partMs = (toMs - fromMs + 1) / maxPoints;
  const parts = Map.groupBy(within, ({ at }) => Math.floor((at - fromMs) / partMs));
  return [...parts.values()].map(meanOf);
}

function meanOf(points: readonly HistoryPoint[]): HistoryPoint {
  const powerW = mean(points.map(({ powerW }) => powerW));
  const phases = (["L1", "L2", "L3"] as const).flatMap((phase) => {
    const volts = mean(points.map(({ voltageV }) => voltageV?.[phase]));
    return volts === undefined ? [] : [[phase, volts] as const];
  });
  return {
    at: Math.round(mean(points.map(({ at }) => at)) ?? 0),
    ...(powerW === undefined ? {} : { powerW }),
    ...(phases.length === 0 ? {} : { voltageV: Object.fromEntries(phases) }),
  };
}

/** The mean with three digits after the point; undefined: there are no values. */
function mean(values: readonly (number | undefined)[]): number | undefined {
  const present = values.filter((value) => value !== undefined);
  if (present.length === 0) return undefined;
  return Math.round(present.reduce((total, value) => total + value, 0) / present.length * 1000) / 1000;
}

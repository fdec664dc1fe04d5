import { continues, type Mark, registersOf } from "./sample.ts";

/** The energies at a boundary. */
export interface Cut extends Mark {
  /** Whether they are computed from values before and after the boundary, instead of read near it. */
  readonly isInterpolated: boolean;
}

/** A value that was read at most this long before or after a boundary is the value at the boundary. */
export const nearMs = 5_000;

/** Between two values that are at most this far apart, the value at a boundary is interpolated. */
export const interpolatedMs = 120_000;

/**
 * The energies at a boundary: the nearest value within 5 s, else the linear interpolation of values that are at most
 * two minutes apart. Undefined: they are unknown.
 *
 * @param before the last value before the boundary; undefined: there is none
 * @param after the first value at or after the boundary; undefined: there is none within 5 s
 */
export function cutAt(boundaryMs: number, before: Mark | undefined, after: Mark | undefined): Cut | undefined {
  const beforeMs = before === undefined ? Infinity : boundaryMs - before.atMs;
  const afterMs = after === undefined ? Infinity : after.atMs - boundaryMs;
  const nearest = afterMs <= beforeMs ? after : before;
  if (nearest !== undefined && Math.min(beforeMs, afterMs) <= nearMs) return cut(nearest, boundaryMs, false);
  if (before === undefined || after === undefined || !continues(before, after)) return undefined;
  if (beforeMs + afterMs > interpolatedMs) return undefined;
  const share = beforeMs / (beforeMs + afterMs);
  const between = (one: number, other: number) => one + Math.round((other - one) * share);
  const importWh = between(before.importWh, after.importWh);
  if (before.exportWh === undefined || after.exportWh === undefined) {
    return cut({ meterId: before.meterId, importWh }, boundaryMs, true);
  }
  const exportWh = between(before.exportWh, after.exportWh);
  return cut({ meterId: before.meterId, importWh, exportWh }, boundaryMs, true);
}

function cut(energies: Omit<Mark, "atMs">, atMs: number, isInterpolated: boolean): Cut {
  return { meterId: energies.meterId, atMs, ...registersOf(energies), isInterpolated };
}

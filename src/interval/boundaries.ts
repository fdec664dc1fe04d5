/**
 * The boundaries of the intervals of one length: evenly spaced on the wall clock. The origin is one, too, also if it is
 * between two others, because the intervals had another length before.
 */
export interface Boundaries {
  /** Distance of two boundaries in milliseconds. */
  readonly lengthMs: number;
  /** Wall clock in milliseconds of the first boundary; undefined: there is none before the first known energies. */
  readonly originMs: number | undefined;
}

/** The last boundary that is not after a wall-clock time in milliseconds. */
export function boundaryBefore(atMs: number, { lengthMs, originMs }: Boundaries): number {
  const evenMs = Math.floor(atMs / lengthMs) * lengthMs;
  return originMs !== undefined && originMs <= atMs ? Math.max(evenMs, originMs) : evenMs;
}

/** The first boundary after a wall-clock time in milliseconds that is not before the origin. */
export function boundaryAfter(atMs: number, lengthMs: number): number {
  return (Math.floor(atMs / lengthMs) + 1) * lengthMs;
}

import type { IntervalPayload } from "../contract/mod.ts";

/** A published interval with its times in milliseconds since 1970. */
export interface KnownInterval extends IntervalPayload {
  readonly startMs: number;
  readonly endMs: number;
}

/**
 * The intervals of one meter that count, in order of time: of two that overlap, the one with the higher revision, or
 * the later one of the same revision.
 *
 * @param published in the order of the stream
 */
export function validIntervals(published: readonly IntervalPayload[]): KnownInterval[] {
  const valid: KnownInterval[] = [];
  for (const payload of published) {
    const interval = { ...payload, startMs: Date.parse(payload.start), endMs: Date.parse(payload.end) };
    const isOverlapped = (other: KnownInterval) => other.startMs < interval.endMs && interval.startMs < other.endMs;
    if (valid.some((other) => isOverlapped(other) && other.revision > interval.revision)) continue;
    valid.splice(0, valid.length, ...valid.filter((other) => !isOverlapped(other)), interval);
  }
  return valid.sort((one, other) => one.startMs - other.startMs);
}

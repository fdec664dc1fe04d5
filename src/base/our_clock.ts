import { releasedAtMs } from "./version.ts";

/** For how many years after a release its clock is believed. */
const believedYears = 20;
const released = new Date(releasedAtMs);
const believedUntilMs = Date.UTC(
  released.getUTCFullYear() + believedYears,
  released.getUTCMonth(),
  released.getUTCDate(),
);

/** Whether a wall clock can be right: not before this release, and at most 20 years after it. */
export function isPlausibleTime(wallMs: number): boolean {
  return wallMs >= releasedAtMs && wallMs <= believedUntilMs;
}

/** What there is to know about this machine's clock. */
export interface OurClock {
  /** Wall clock in milliseconds. */
  readonly nowMs: number;
  /** Whether the kernel calls it synchronised; undefined: the kernel cannot be asked. */
  readonly synchronised: boolean | undefined;
  /** Whether a clock that the kernel calls unsynchronised is bad. */
  readonly requireSync: boolean;
}

/** Why this machine's clock is not good: a clause for messages; undefined: it is good. */
export function clockDoubt({ nowMs, synchronised, requireSync }: OurClock): string | undefined {
  if (!isPlausibleTime(nowMs)) {
    const year = new Date(nowMs).getUTCFullYear();
    return `shows the year ${year}, but a right one is between ${dayOf(releasedAtMs)} and ${dayOf(believedUntilMs)}`;
  }
  return requireSync && synchronised === false
    ? "is not synchronised according to the kernel (clock.require_sync)"
    : undefined;
}

function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

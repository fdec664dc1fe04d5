import { releasedAtMs } from "./version.ts";

/** A clock is plausible for this many years after the release. */
const plausibleYears = 20;
const released = new Date(releasedAtMs);
const plausibleUntilMs = Date.UTC(
  released.getUTCFullYear() + plausibleYears,
  released.getUTCMonth(),
  released.getUTCDate(),
);

/** Whether a wall clock can be right: not before this release, and at most 20 years after it. */
export function isPlausibleTime(wallMs: number): boolean {
  return wallMs >= releasedAtMs && wallMs <= plausibleUntilMs;
}

/** State of this machine's clock. */
export interface MachineClock {
  /** Wall clock in milliseconds. */
  readonly nowMs: number;
  /** Whether the kernel reports it as synchronised; undefined: unknown. */
  readonly synchronised: boolean | undefined;
  /** Whether a clock that the kernel reports as unsynchronised is a problem. */
  readonly requireSync: boolean;
}

/** Why this machine's clock is not reliable, as a clause for messages; undefined: it is reliable. */
export function clockProblem({ nowMs, synchronised, requireSync }: MachineClock): string | undefined {
  if (!isPlausibleTime(nowMs)) {
    const year = new Date(nowMs).getUTCFullYear();
    return `shows the year ${year}, but a plausible date is between ${dayOf(releasedAtMs)} and ${
      dayOf(plausibleUntilMs)
    }`;
  }
  return requireSync && synchronised === false
    ? "is not synchronised according to the kernel (clock.require_sync)"
    : undefined;
}

function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

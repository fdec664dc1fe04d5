import { errorText, type Log } from "../base/log.ts";
import { dayMs, hourMs, type Time } from "../base/time.ts";
import { maxRowsPerStatement } from "./filters.ts";
import type { LiveJournal } from "./live_journal.ts";

/** The most records that are removed in an hour; the share applies if it is more. */
const maxPerHour = 100;
const maxSharePerHour = 0.01;

/** Dependencies of retention. */
export interface RetentionDeps {
  readonly time: Time;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** Whether the wall clock is reliable enough to decide what is old. */
  readonly isClockGood: () => boolean;
}

/**
 * Removes records that were delivered more than `days` days ago, as it is each time: now and once an hour until `signal` is aborted. A
 * wrong clock must not empty the journal: nothing is removed while the clock is not reliable, and few records in one
 * hour. Never rejects: after a failure it retries an hour later.
 */
export async function keepRetention(
  journal: Pick<LiveJournal, "prune" | "redate" | "size">,
  days: () => number,
  { time, log, signal, isClockGood }: RetentionDeps,
): Promise<void> {
  let removed = 0;
  let nextLogAtMs = -Infinity;
  while (!signal.aborted) {
    try {
      if (isClockGood()) removed += await removeOlder(journal, time.now() - days() * dayMs, { time, signal });
    } catch (error) {
      log.warn(`Cannot remove old records from the journal; retrying in an hour: ${errorText(error)}`);
    }
    if (removed > 0 && time.mono() >= nextLogAtMs) {
      log.info("Removed old records from the journal", { records: removed, days: days() });
      removed = 0;
      nextLogAtMs = time.mono() + dayMs;
    }
    await time.sleep(hourMs, signal);
  }
}

async function removeOlder(
  journal: Pick<LiveJournal, "prune" | "redate" | "size">,
  beforeMs: number,
  { time, signal }: Pick<RetentionDeps, "time" | "signal">,
): Promise<number> {
  while (!signal.aborted && await journal.redate(time.now()) > 0) await time.sleep(0, signal);
  const limit = Math.max(maxPerHour, Math.floor(journal.size() * maxSharePerHour));
  let removed = 0;
  while (removed < limit && !signal.aborted) {
    const wanted = Math.min(maxRowsPerStatement, limit - removed);
    const last = await journal.prune(beforeMs, wanted);
    removed += last;
    if (last < wanted) break;
    await time.sleep(0, signal);
  }
  return removed;
}

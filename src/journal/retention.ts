import { errorText, type Log } from "../base/log.ts";
import type { Time } from "../base/time.ts";
import { mostRows } from "./filters.ts";
import type { LiveJournal } from "./live_journal.ts";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** At most so many records are removed in an hour, or this share of all where that is more. */
const mostInAnHour = 100;
const shareInAnHour = 0.01;

/** What retention works with. */
export interface RetentionDeps {
  readonly time: Time;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** Whether our wall clock is good enough to say what is old. */
  readonly isClockGood: () => boolean;
}

/**
 * Keeps what was delivered for so many days and no longer: looks now and once an hour until `signal` is aborted. A clock
 * that was set wrong must not empty the journal: nothing is removed while it is not good, and little in one hour. Never
 * rejects: what cannot be removed now is removed later.
 */
export async function keepRetention(
  journal: Pick<LiveJournal, "prune" | "redate" | "size">,
  days: number,
  { time, log, signal, isClockGood }: RetentionDeps,
): Promise<void> {
  let removed = 0;
  let sayAtMs = -Infinity;
  while (!signal.aborted) {
    try {
      if (isClockGood()) removed += await removeOlder(journal, time.now() - days * dayMs, { time, signal });
    } catch (error) {
      log.warn(`Old records stay in the journal for now: ${errorText(error)}`);
    }
    if (removed > 0 && time.mono() >= sayAtMs) {
      log.info("Old records are removed from the journal", { records: removed, days });
      removed = 0;
      sayAtMs = time.mono() + dayMs;
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
  const most = Math.max(mostInAnHour, Math.floor(journal.size() * shareInAnHour));
  let removed = 0;
  while (removed < most && !signal.aborted) {
    const wanted = Math.min(mostRows, most - removed);
    const last = await journal.prune(beforeMs, wanted);
    removed += last;
    if (last < wanted) break;
    await time.sleep(0, signal);
  }
  return removed;
}

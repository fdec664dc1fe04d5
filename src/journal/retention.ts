import { errorText, type Log } from "../base/log.ts";
import type { Time } from "../base/time.ts";
import type { LiveJournal } from "./live_journal.ts";

const dayMs = 86_400_000;
/** Records removed in one write: other writes get their turn in between. */
const batch = 500;

/**
 * Keeps what was delivered for so many days and no longer: looks now and once a day until `signal` is aborted. Never
 * rejects: what cannot be removed now is removed a day later.
 */
export async function keepRetention(
  journal: Pick<LiveJournal, "prune">,
  days: number,
  { time, log, signal }: { readonly time: Time; readonly log: Log; readonly signal: AbortSignal },
): Promise<void> {
  while (!signal.aborted) {
    try {
      const removed = await removeOlder(journal, time.now() - days * dayMs, time, signal);
      if (removed > 0) log.info("Old records are removed from the journal", { records: removed, days });
    } catch (error) {
      log.warn(`Old records stay in the journal for now: ${errorText(error)}`);
    }
    await time.sleep(dayMs, signal);
  }
}

async function removeOlder(
  journal: Pick<LiveJournal, "prune">,
  beforeMs: number,
  time: Time,
  signal: AbortSignal,
): Promise<number> {
  let removed = 0;
  for (let last = batch; last === batch && !signal.aborted;) {
    last = await journal.prune(beforeMs, batch);
    removed += last;
    await time.sleep(0, signal);
  }
  return removed;
}

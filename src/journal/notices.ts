import { errorText, type Log } from "../base/log.ts";
import type { Time } from "../base/time.ts";
import type { LiveJournal } from "./live_journal.ts";

/** A notice that is logged once for each state folder. */
export interface Notice {
  /** Its key in the journal. */
  readonly key: string;
  /** A sentence for the log. */
  readonly text: string;
}

/** Logs the notices that were never logged for this state folder. Never rejects. */
export async function logNoticesOnce(
  journal: Pick<LiveJournal, "recordNotice">,
  notices: readonly Notice[],
  { time, log }: { readonly time: Time; readonly log: Log },
): Promise<void> {
  for (const { key, text } of notices) {
    try {
      if (await journal.recordNotice(key, time.now())) log.warn(text);
    } catch (error) {
      log.warn(`Cannot store that the notice ${key} was logged: ${errorText(error)}`);
    }
  }
}

import { errorText, type Log } from "../base/log.ts";
import type { Time } from "../base/time.ts";
import type { LiveJournal } from "./live_journal.ts";

/** Something that a log says once in the life of a state folder. */
export interface Mention {
  /** Its key in the journal. */
  readonly key: string;
  /** A sentence for the log. */
  readonly text: string;
}

/** Logs what was never logged before on this state folder. Never rejects. */
export async function mentionOnce(
  journal: Pick<LiveJournal, "mention">,
  mentions: readonly Mention[],
  { time, log }: { readonly time: Time; readonly log: Log },
): Promise<void> {
  for (const { key, text } of mentions) {
    try {
      if (await journal.mention(key, time.now())) log.warn(text);
    } catch (error) {
      log.warn(`Cannot remember that ${key} was mentioned: ${errorText(error)}`);
    }
  }
}

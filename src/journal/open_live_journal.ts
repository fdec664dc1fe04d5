import type { LiveJournal } from "./live_journal.ts";
import { LocalJournal } from "./local_journal.ts";
import { openJournal } from "./open_journal.ts";
import { ThreadJournal, type ThreadJournalOptions, threadModule } from "./thread_journal.ts";

/**
 * Opens the journal of a service: on a thread of its own, unless Deno's permissions refuse to read the module that a
 * thread begins with.
 *
 * @throws {JournalError} see `openJournal`
 */
export async function openLiveJournal(stateDir: string, options: ThreadJournalOptions): Promise<LiveJournal> {
  const { state } = Deno.permissions.querySync({ name: "read", path: threadModule });
  if (state === "granted") return await ThreadJournal.open(stateDir, options);
  return new LocalJournal(openJournal(stateDir, options));
}

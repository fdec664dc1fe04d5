import type { LiveJournal } from "./live_journal.ts";
import { LocalJournal } from "./local_journal.ts";
import { openJournal } from "./open_journal.ts";
import { ThreadJournal, type ThreadJournalOptions, threadModule } from "./thread_journal.ts";

/**
 * Opens the journal of a service. It runs on its own thread, unless Deno's permissions deny reading the module of the
 * thread.
 *
 * @throws {JournalError} see `openJournal`
 */
export async function openLiveJournal(stateDir: string, options: ThreadJournalOptions): Promise<LiveJournal> {
  const { state } = Deno.permissions.querySync({ name: "read", path: threadModule });
  if (state === "granted") return await ThreadJournal.open(stateDir, options);
  return new LocalJournal(openJournal(stateDir, options));
}

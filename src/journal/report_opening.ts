import type { Log } from "../base/log.ts";
import type { LiveJournal } from "./live_journal.ts";
import { LocalJournal } from "./local_journal.ts";

/** Logs what was found when a service's journal was opened. */
export function reportOpening(journal: LiveJournal, log: Log): void {
  if (journal.damaged !== undefined) {
    log.error("the journal was damaged and is moved aside; a new one is begun", { ...journal.damaged });
  }
  if (journal.invalidLog !== undefined) {
    log.warn("the journal's write-ahead log has an invalid header and is kept aside; the journal itself is sound", {
      movedTo: journal.invalidLog,
    });
  }
  if (journal instanceof LocalJournal) {
    log.warn(
      "The journal has no thread of its own, so that a slow disk delays the lines: Deno's permissions refuse to read " +
        "the program's source files; add their folder to --allow-read",
    );
  }
}

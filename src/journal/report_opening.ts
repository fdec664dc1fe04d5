import { dirname } from "node:path";
import type { Log } from "../base/log.ts";
import { isExposed } from "../base/private_files.ts";
import type { LiveJournal } from "./live_journal.ts";
import { LocalJournal } from "./local_journal.ts";
import { storedFiles } from "./stored_files.ts";

/** Logs the problems that were found when the journal of a service was opened. */
export function reportOpening(journal: LiveJournal, log: Log): void {
  if (journal.damaged !== undefined) {
    log.error("The journal was damaged and has been renamed; a new journal contains the readable data", {
      ...journal.damaged,
    });
  }
  if (journal.invalidLog !== undefined) {
    log.warn(
      "The write-ahead log of the journal had an invalid header and has been renamed; the journal is not damaged",
      {
        movedTo: journal.invalidLog,
      },
    );
  }
  const folder = dirname(journal.path);
  if (isExposed(folder)) {
    log.warn(`Other users can read the state folder ${folder}, which shows who charged where; run chmod 700 ${folder}`);
  }
  const exposed = storedFiles(folder).filter(isExposed);
  if (exposed.length > 0) {
    log.warn(
      "Other users can read files of the journal, and this user cannot change the mode; run chmod 600 on the files",
      {
        files: exposed.join(" "),
      },
    );
  }
  if (journal instanceof LocalJournal) {
    log.warn(
      "The journal has no thread of its own, so a slow disk delays the lines: Deno's permissions deny reading the " +
        "source files of the program; add their folder to --allow-read",
    );
  }
}

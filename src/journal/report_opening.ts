import { dirname } from "node:path";
import type { Log } from "../base/log.ts";
import { isExposed } from "../base/private_files.ts";
import type { LiveJournal } from "./live_journal.ts";
import { LocalJournal } from "./local_journal.ts";
import { storedFiles } from "./stored_files.ts";

/** Logs what was found when a service's journal was opened. */
export function reportOpening(journal: LiveJournal, log: Log): void {
  if (journal.damaged !== undefined) {
    log.error("the journal was damaged and is moved aside; a new one is begun", { ...journal.damaged });
  }
  if (journal.invalidLog !== undefined) {
    log.warn("the journal's write-ahead log has an invalid header and is kept aside; the journal is not damaged", {
      movedTo: journal.invalidLog,
    });
  }
  const folder = dirname(journal.path);
  if (isExposed(folder)) {
    log.warn(`Other users can read the state folder ${folder}, which shows who charged where; run chmod 700 on it`);
  }
  const exposed = storedFiles(folder).filter(isExposed);
  if (exposed.length > 0) {
    log.warn("Other users can read files of the journal, and this user may not change that; run chmod 600 on them", {
      files: exposed.join(" "),
    });
  }
  if (journal instanceof LocalJournal) {
    log.warn(
      "The journal has no thread of its own, so a slow disk delays the lines: Deno's permissions refuse to read " +
        "the program's source files; add their folder to --allow-read",
    );
  }
}

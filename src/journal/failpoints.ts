/** The steps of a write to the journal. A crash between them must do no harm. */
export const journalFailpoints = ["journal.before_commit", "journal.after_commit"] as const;

/** The steps of replacing a damaged journal. A crash between them must do no harm. */
export const rebuildFailpoints = [
  "journal.rebuild_before_commit",
  "journal.rebuild_whole",
  "journal.rebuild_moved",
  "journal.rebuild_in_place",
] as const;

/** The step after a removed journal was written again, before it is opened. */
export const rewriteFailpoints = ["journal.rewritten"] as const;

/** Called at each step of each write; `detail` names what is written. */
export type JournalFailpoint = (
  name: typeof journalFailpoints[number] | typeof rebuildFailpoints[number] | typeof rewriteFailpoints[number],
  detail: string,
) => void;

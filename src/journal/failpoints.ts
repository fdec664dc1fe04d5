/** The steps of a write to the journal between which a crash must do no harm. */
export const journalFailpoints = ["journal.before_commit", "journal.after_commit"] as const;

/** The steps at which a damaged journal is replaced, likewise. */
export const rebuildFailpoints = [
  "journal.rebuild_before_commit",
  "journal.rebuild_whole",
  "journal.rebuild_moved",
  "journal.rebuild_in_place",
] as const;

/** Is called at each step of each write; `detail` says what is written. */
export type JournalFailpoint = (
  name: typeof journalFailpoints[number] | typeof rebuildFailpoints[number],
  detail: string,
) => void;

/** The steps of a write to the journal between which a crash must do no harm. */
export const journalFailpoints = ["journal.before_commit", "journal.after_commit"] as const;

/** Is told of each step of each write; `detail` says what is written. */
export type JournalFailpoint = (name: typeof journalFailpoints[number], detail: string) => void;

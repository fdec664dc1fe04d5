/**
 * Kinds of failed operations on the journal; `docs/faults.md` says what to do about each.
 * - `locked`: another process uses the state folder
 * - `permission_denied`: this user may not create, read or write the folder or its files
 * - `not_found`: the folder contains no journal (only when a journal is opened for reading)
 * - `newer_schema`: a later release wrote this journal
 * - `older_schema`: an earlier release wrote this journal (only when a journal is opened for reading)
 * - `exists`: the file for a backup exists
 * - `unusable_backup`: the file is not an intact backup of a journal
 * - `newer_records`: the journal contains data that the backup does not contain
 * - `open_failed`: the folder or the database cannot be opened for another reason
 * - `write_failed`: nothing of this write was stored: disk full, read only, damaged, or closed
 * - `read_failed`: the database cannot be read
 */
export const journalErrorCodes = [
  "locked",
  "permission_denied",
  "not_found",
  "newer_schema",
  "older_schema",
  "exists",
  "unusable_backup",
  "newer_records",
  "open_failed",
  "write_failed",
  "read_failed",
] as const;

/** One of {@linkcode journalErrorCodes}. */
export type JournalErrorCode = typeof journalErrorCodes[number];

/** What the operator should do about a damaged journal, as a clause for messages. */
export const damagedRemedy = "restart the service, which copies the readable data to a new journal";

/** An operation on the journal failed. A write that failed has stored nothing, not even a part. */
export class JournalError extends Error {
  /** `JournalError` */
  override readonly name = "JournalError";
  /**
   * The message names the operation that failed and what the operator can do.
   *
   * @param code the kind of failure
   */
  constructor(readonly code: JournalErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
  }
}

/**
 * - `locked`: another process uses the state folder
 * - `permission_denied`: the folder or its files may not be created, read or written
 * - `not_found`: there is no journal in the folder (only where one is just read)
 * - `newer_schema`: a later release wrote this journal
 * - `older_schema`: an earlier release wrote this journal, and it was only to be read
 * - `exists`: the file for a backup is there already
 * - `unusable_backup`: the file is no sound backup of a journal
 * - `newer_records`: the journal holds what the backup lacks
 * - `open_failed`: the folder or the database cannot be opened for another reason
 * - `write_failed`: nothing of this write was kept: disk full, read only, damaged, or closed
 * - `read_failed`: the database cannot be read
 */
export type JournalErrorCode =
  | "locked"
  | "permission_denied"
  | "not_found"
  | "newer_schema"
  | "older_schema"
  | "exists"
  | "unusable_backup"
  | "newer_records"
  | "open_failed"
  | "write_failed"
  | "read_failed";

/** The journal could not do what it was asked; what it failed to write it has not kept in part either. */
export class JournalError extends Error {
  /** `JournalError` */
  override readonly name = "JournalError";
  /**
   * Has a message that tells what was being done, and what to do about it.
   *
   * @param code what kind of failure it is
   */
  constructor(readonly code: JournalErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
  }
}

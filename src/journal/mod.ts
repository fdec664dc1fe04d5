/**
 * The durable storage of a process: transactions with their changes, records byte for byte, and the outbox.
 *
 * @module
 */
export { backupJournal, type JournalCopy } from "./backup.ts";
export { type DamagedJournal, isDamagedJournal } from "./rebuild.ts";
export type { JournalErrorCode } from "./errors.ts";
export { damagedRemedy, JournalError, journalErrorCodes } from "./errors.ts";
export type { Journal } from "./journal.ts";
export { stateFolderInUse } from "./folder_lock.ts";
export { journalDamage } from "./integrity.ts";
export { lockHolder } from "./lock_holder.ts";
export { journalFailpoints } from "./failpoints.ts";
export { LiveJournal } from "./live_journal.ts";
export { LocalJournal } from "./local_journal.ts";
export { openLiveJournal } from "./open_live_journal.ts";
export { openJournal, openJournalReader } from "./open_journal.ts";
export type { ListFilter, RecordFilter } from "./filters.ts";
export type { JournalReader } from "./reader.ts";
export type { NewerData } from "./newer_data.ts";
export { type RestoredJournal, restoreJournal } from "./restore.ts";
export { logNoticesOnce, type Notice } from "./notices.ts";
export { reportOpening } from "./report_opening.ts";
export { keepRetention, type RetentionDeps } from "./retention.ts";
export { ThreadJournal, type ThreadJournalOptions } from "./thread_journal.ts";
export type {
  KnownStream,
  MeterMemory,
  MeterPlace,
  NewRecord,
  RecordReason,
  RedeliverySelection,
  StartValue,
  StoredChange,
  StoredRecord,
  StoredState,
  StoredTransaction,
  StoredVerdict,
  StreamPlace,
  TransactionChange,
  WaitingRecord,
} from "./types.ts";
export { openStates, recordReasons, transactionStates } from "./types.ts";

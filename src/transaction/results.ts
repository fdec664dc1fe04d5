import type { StoredRecord, StoredTransaction } from "../journal/mod.ts";
import type { CurrentTransaction } from "./meter_transactions_options.ts";

/** A transaction that runs. */
export interface StartResult {
  readonly transactionId: string;
  /** As the journal has it; undefined: it could not be written there. */
  readonly transaction: StoredTransaction | undefined;
}

/** A transaction that has ended, with its record. */
export interface StopResult {
  readonly transaction: StoredTransaction;
  readonly record: StoredRecord;
}

/** What ending a transaction came to. */
export interface EndResult<T> {
  readonly result: T;
  /** False: the meter may still hold the file of a stored record, and recovery confirms it again. */
  readonly isErased: boolean;
}

/** A transaction that the journal has; `record` is the one that ended it. */
export interface KnownTransaction {
  readonly transaction: StoredTransaction;
  readonly record: StoredRecord | undefined;
}

/** What is known of a transaction: what the journal has, or else the state that is remembered. */
export type TransactionStatus = KnownTransaction | CurrentTransaction;

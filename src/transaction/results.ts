import type { StoredRecord, StoredTransaction } from "../journal/mod.ts";
import type { ParsedRecord } from "../ocmf/mod.ts";
import type { CurrentTransaction } from "./meter_transactions_options.ts";

/** A running transaction. */
export interface StartResult {
  readonly transactionId: string;
  /** The transaction in the journal; undefined: it could not be written. */
  readonly transaction: StoredTransaction | undefined;
  /** The transaction that this start has ended; undefined: none, or one without an id. */
  readonly supersededId: string | undefined;
}

/** An ended transaction with its record. */
export interface StopResult {
  /** Undefined: it has no id. */
  readonly transaction: StoredTransaction | undefined;
  readonly record: StoredRecord;
  /** The content of the record. */
  readonly parsed: ParsedRecord;
}

/** Result of ending a transaction. */
export interface EndResult<T> {
  readonly result: T;
  /** False: the meter may still have the file of a stored record, and recovery confirms it again. */
  readonly isErased: boolean;
}

/** A transaction in the journal; `record` is the record that ended it. */
export interface KnownTransaction {
  readonly transaction: StoredTransaction;
  readonly record: StoredRecord | undefined;
}

/** Status of a transaction: from the journal, otherwise the remembered state. */
export type TransactionStatus = KnownTransaction | CurrentTransaction;

import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import { JournalError } from "./errors.ts";
import { optionalInteger, optionalText, type Row, toChange, toPlace, toRecord, toTransaction } from "./rows.ts";
import { type MeterMemory, type MeterPlace, openStates } from "./types.ts";
import type { StoredChange, StoredRecord, StoredTransaction } from "./types.ts";

/** Which rows to list; what is absent is not asked for. */
export interface ListFilter {
  /** Name of the meter in the configuration. */
  readonly meter?: string | undefined;
  /** Id of the transaction. */
  readonly transactionId?: string | undefined;
  /** The newest so many. */
  readonly limit?: number | undefined;
}

/** What can be asked of a journal. Each method throws a `JournalError` with `read_failed`. */
export class JournalReader {
  /** The database's path, for messages. */
  readonly path: string;
  /** The open database. */
  protected readonly db: DatabaseSync;

  /** Use `openJournalReader`. */
  constructor(db: DatabaseSync, path: string) {
    this.db = db;
    this.path = path;
  }

  /** A transaction by the meter's name and its id. */
  transaction(meter: string, transactionId: string): StoredTransaction | undefined {
    return this.#one(toTransaction, "FROM transactions WHERE meter = ? AND transaction_id = ?", meter, transactionId);
  }

  /** The transaction of a meter that changed last. */
  lastTransaction(meter: string): StoredTransaction | undefined {
    // Not by time: a wall clock can be set back
    const newest = "(SELECT max(rowid) FROM changes WHERE transaction_seq = seq)";
    return this.#one(toTransaction, `FROM transactions WHERE meter = ? ORDER BY ${newest} DESC LIMIT 1`, meter);
  }

  /** The transactions of a meter that may still be on it, oldest first. */
  openTransactions(meter: string): StoredTransaction[] {
    const states = openStates.map((state) => `'${state}'`).join(", ");
    return this.#all(toTransaction, `FROM transactions WHERE meter = ? AND state IN (${states}) ORDER BY seq`, meter);
  }

  /** Transactions, oldest first. */
  transactions(filter: ListFilter = {}): StoredTransaction[] {
    return this.#list(toTransaction, "transactions", filter);
  }

  /** Every change of a transaction's state, oldest first. */
  changes(transactionSeq: number): StoredChange[] {
    return this.#all(toChange, "FROM changes WHERE transaction_seq = ? ORDER BY rowid", transactionSeq);
  }

  /** A record by its number. */
  record(seq: number): StoredRecord | undefined {
    return this.#one(toRecord, "FROM records WHERE seq = ?", seq);
  }

  /** Records, oldest first. */
  records(filter: ListFilter = {}): StoredRecord[] {
    return this.#list(toRecord, "records", filter);
  }

  /** The oldest records that were not delivered yet, in order. */
  outbox(limit: number): StoredRecord[] {
    return this.#all(toRecord, "FROM records WHERE delivered_at IS NULL ORDER BY seq LIMIT ?", limit);
  }

  /** How many records were not delivered yet. */
  undelivered(): number {
    const row = this.#rows("SELECT count(*) AS n FROM records WHERE delivered_at IS NULL", [])[0] ?? {};
    return optionalInteger(row, "n") ?? 0;
  }

  /** Records of a meter that were stored and not judged: the process ended in between. */
  unjudged(meter: string): StoredRecord[] {
    return this.#all(toRecord, "FROM records WHERE meter = ? AND verdict IS NULL ORDER BY seq", meter);
  }

  /** What earlier records of a meter taught. */
  memory(meterId: string): MeterMemory {
    const row = this.#rows("SELECT * FROM meters WHERE meter_id = ?", [meterId])[0] ?? {};
    return { firstKey: optionalText(row, "first_key"), lastPagination: optionalInteger(row, "last_pagination") };
  }

  /** Which meter was found last under a name of the configuration. */
  place(meter: string): MeterPlace | undefined {
    return this.#rows("SELECT * FROM places WHERE meter = ?", [meter]).map(toPlace)[0];
  }

  /** Closes the database. */
  close(): void {
    if (this.db.isOpen) this.db.close();
  }

  #list<T>(map: (row: Row) => T, table: string, filter: ListFilter): T[] {
    const from = `FROM ${table} WHERE meter = coalesce(?, meter) AND (?2 IS NULL OR transaction_id = ?2)`;
    const parameters = [filter.meter ?? null, filter.transactionId ?? null, filter.limit ?? -1];
    return this.#all(map, `${from} ORDER BY seq DESC LIMIT ?3`, ...parameters).reverse();
  }

  #one<T>(map: (row: Row) => T, from: string, ...parameters: SQLInputValue[]): T | undefined {
    return this.#all(map, from, ...parameters)[0];
  }

  #all<T>(map: (row: Row) => T, from: string, ...parameters: SQLInputValue[]): T[] {
    return this.#rows(`SELECT * ${from}`, parameters).map(map);
  }

  #rows(sql: string, parameters: readonly SQLInputValue[]): Row[] {
    try {
      return this.db.prepare(sql).all(...parameters);
    } catch (error) {
      throw new JournalError("read_failed", `Cannot read the journal ${this.path}`, { cause: error });
    }
  }
}

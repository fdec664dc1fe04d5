import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";
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

/** Which records to list; what is absent is not asked for. */
export interface RecordFilter extends ListFilter {
  /** Only those that wait in the outbox. */
  readonly undelivered?: boolean | undefined;
  /** Read from the meter at this time or later, wall clock in milliseconds. */
  readonly sinceMs?: number | undefined;
  /** Read from the meter before this time, wall clock in milliseconds. */
  readonly untilMs?: number | undefined;
}

/** Records read at once where all are wanted. */
const batch = 200;

/** What can be asked of a journal. Each method throws a `JournalError` with `read_failed`. */
export class JournalReader {
  /** The database's path, for messages. */
  readonly path: string;
  /** The open database. */
  protected readonly db: DatabaseSync;
  /** By their SQL. One that is prepared anew for each read takes 10 KB until it is collected. */
  readonly #statements = new Map<string, StatementSync>();

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
    return this.#all(toTransaction, ...newest("transactions", filter)).reverse();
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
  records(filter: RecordFilter = {}): StoredRecord[] {
    return this.#all(toRecord, ...newest("records", filter)).reverse();
  }

  /** Records one by one, oldest first: for more than fit into memory. */
  *eachRecord(filter: Omit<RecordFilter, "limit"> = {}): Generator<StoredRecord, void, void> {
    const { condition, parameters } = conditionOf(filter);
    const from = `FROM records WHERE seq > ? AND ${condition} ORDER BY seq LIMIT ${batch}`;
    for (let seq = 0, more = true; more;) {
      const records = this.#all(toRecord, from, seq, ...parameters);
      yield* records;
      seq = records.at(-1)?.seq ?? seq;
      more = records.length === batch;
    }
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

  /** How many records there are. */
  size(): number {
    const row = this.#rows("SELECT count(*) AS n FROM records", [])[0] ?? {};
    return optionalInteger(row, "n") ?? 0;
  }

  /** The records of a meter that were stored before another one, the last of them first. */
  recordsBefore({ seq, meterId }: Pick<StoredRecord, "seq" | "meterId">, limit: number): StoredRecord[] {
    const from = "FROM records WHERE seq < ? AND meter_id = ? ORDER BY seq DESC LIMIT ?";
    return this.#all(toRecord, from, seq, meterId, limit);
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

  /** The names of all meters of which there is anything. */
  meters(): string[] {
    const names = ["records", "transactions", "places"].map((table) => `SELECT meter FROM ${table}`).join(" UNION ");
    return this.#rows(`${names} ORDER BY meter`, []).map((row) => String(row["meter"]));
  }

  /** Closes the database. */
  close(): void {
    if (this.db.isOpen) this.db.close();
  }

  #one<T>(map: (row: Row) => T, from: string, ...parameters: SQLInputValue[]): T | undefined {
    return this.#all(map, from, ...parameters)[0];
  }

  #all<T>(map: (row: Row) => T, from: string, ...parameters: SQLInputValue[]): T[] {
    return this.#rows(`SELECT * ${from}`, parameters).map(map);
  }

  #rows(sql: string, parameters: readonly SQLInputValue[]): Row[] {
    try {
      return this.#statement(sql).all(...parameters);
    } catch (error) {
      throw new JournalError("read_failed", `Cannot read the journal ${this.path}`, { cause: error });
    }
  }

  #statement(sql: string): StatementSync {
    const statement = this.#statements.get(sql) ?? this.db.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }
}

/** The end of a query for the newest rows, newest first, and its parameters. */
function newest(table: "records" | "transactions", filter: RecordFilter): [string, ...SQLInputValue[]] {
  const { condition, parameters } = conditionOf(filter);
  return [`FROM ${table} WHERE ${condition} ORDER BY seq DESC LIMIT ?`, ...parameters, filter.limit ?? -1];
}

function conditionOf(filter: RecordFilter): { condition: string; parameters: SQLInputValue[] } {
  const asked = [
    ["meter = ?", filter.meter],
    ["transaction_id = ?", filter.transactionId],
    ["read_at >= ?", filter.sinceMs],
    ["read_at < ?", filter.untilMs],
  ] as const;
  const conditions = filter.undelivered === true ? ["delivered_at IS NULL"] : ["true"];
  const parameters: SQLInputValue[] = [];
  for (const [condition, value] of asked) {
    if (value === undefined) continue;
    conditions.push(condition);
    parameters.push(value);
  }
  return { condition: conditions.join(" AND "), parameters };
}

import { serialNumberIn } from "../base/meter_names.ts";
import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import { conditionOf, type ListFilter, maxRowsPerStatement, quoted, type RecordFilter, youngest } from "./filters.ts";
import { Queries } from "./queries.ts";
import { optionalInteger, optionalText } from "./row_values.ts";
import { type ReadRow, toChange, toMemory, toPlace, toRecord, toTransaction } from "./rows.ts";
import { type MeterMemory, type MeterPlace, openStates, transactionStates } from "./types.ts";
import type { StoredChange, StoredRecord, StoredTransaction } from "./types.ts";
import { UnreadableColumns } from "./unreadable_columns.ts";

/** Prefix of a record's name in the list of unreadable rows. */
const recordRow = "record ";

/**
 * Reads a journal. Each method can throw a `JournalError` with `read_failed`. A column that cannot be read is absent or
 * is computed from other columns, and is listed in `unreadable`.
 */
export class JournalReader {
  /** The database's path, for messages. */
  readonly path: string;
  readonly #queries: Queries;
  readonly #unreadable = new UnreadableColumns();

  /** Use `openJournalReader`. */
  constructor(db: DatabaseSync, path: string) {
    this.#queries = new Queries(db, path);
    this.path = path;
  }

  /** The damage that SQLite has reported since the database was opened; undefined: none. */
  get damage(): string | undefined {
    return this.#queries.damage;
  }

  /** The damaged columns of rows that were read, each as `verdict of record 17`. Reads the rows again. */
  unreadable(): readonly string[] {
    this.#unreadable.refresh();
    return this.#unreadable.found;
  }

  /** A transaction by the meter's name and its id. */
  transaction(meter: string, transactionId: string): StoredTransaction | undefined {
    return this.#transactions("WHERE meter = ? AND transaction_id = ?", meter, transactionId)[0];
  }

  /**
   * The transactions of a record, by the id of the meter and not by its name: records are never matched across meters.
   * If a meter got another name during a transaction, the transaction is stored under both names: the one that was
   * requested comes first, then the one under `meter`.
   */
  transactionsOf(
    { meter, meterId, transactionId }: Pick<StoredRecord, "meter" | "meterId" | "transactionId">,
  ): StoredTransaction[] {
    if (transactionId === undefined) return [];
    const ids = this.idsOf(meterId);
    const end = `ORDER BY request IS NULL, meter = ? DESC, seq DESC LIMIT ${maxRowsPerStatement}`;
    const where = `WHERE meter_id IN (${ids.map(() => "?").join()}) AND transaction_id = ?`;
    return this.#transactions(`${where} ${end}`, ...ids, transactionId, meter);
  }

  /** The transaction of a meter that changed last, among its newest ones. */
  lastTransaction(meter: string): StoredTransaction | undefined {
    // Not by time, because a wall clock can be set back
    const newest = "(SELECT max(rowid) FROM changes WHERE transaction_seq = seq)";
    return this.#transactions(`WHERE seq IN ${youngest} ORDER BY ${newest} DESC LIMIT 1`, meter)[0];
  }

  /** The transactions that may still be on the meter, oldest first; at most the newest 100. */
  openTransactions(meter: string): StoredTransaction[] {
    const open = `WHERE meter = ? AND state IN (${quoted(openStates)}) ORDER BY seq DESC LIMIT ${maxRowsPerStatement}`;
    // A transaction with an unreadable state may also be open
    const damaged = `WHERE seq IN ${youngest} AND state NOT IN (${quoted(transactionStates)})`;
    return [...this.#transactions(open, meter), ...this.#transactions(damaged, meter)]
      .filter(({ state }) => openStates.some((one) => one === state)).sort((left, right) => left.seq - right.seq);
  }

  /** Transactions, oldest first. */
  transactions(filter: ListFilter = {}): StoredTransaction[] {
    return this.#queries.newest("transactions", filter).map((row) => this.toTransaction(row))
      .filter((transaction) => transaction !== undefined);
  }

  /** The ids of transactions and records that begin with a text, in order; an id that is equal to it comes first. */
  transactionIds(
    prefix: string,
    { limit, meter }: {
      /** The most ids that are returned. */
      readonly limit: number;
    } & Pick<ListFilter, "meter">,
  ): string[] {
    const bounds = boundsOf(prefix);
    const where = `WHERE ${meter === undefined ? "" : "meter = ? AND "}transaction_id >= ? AND transaction_id < ?`;
    const parameters = meter === undefined ? bounds : [meter, ...bounds];
    const ids = ["transactions", "records"].map((table) => `SELECT transaction_id FROM ${table} ${where}`).join(
      " UNION ",
    );
    return this.rows(`${ids} ORDER BY transaction_id LIMIT ?`, [...parameters, ...parameters, limit])
      .map((row) => String(row["transaction_id"]));
  }

  /** The message ids of records that begin with a text, in order; an id that is equal to it comes first. */
  messageIds(prefix: string, limit: number): string[] {
    const sql = "SELECT message_id FROM records WHERE message_id >= ? AND message_id < ? ORDER BY message_id LIMIT ?";
    return this.rows(sql, [...boundsOf(prefix), limit]).map((row) => String(row["message_id"]));
  }

  /** Every change of a transaction's state, oldest first. */
  changes(transactionSeq: number): StoredChange[] {
    const changes: StoredChange[] = [];
    const sql = `SELECT rowid AS "rowid", * FROM changes WHERE transaction_seq = ? AND rowid > ? ORDER BY rowid`;
    for (const row of this.#queries.pages(sql, [transactionSeq], "rowid")) {
      const name = `change ${changes.length + 1} of transaction ${transactionSeq}`;
      changes.push(this.#noted(toChange(row), name, () => this.changes(transactionSeq)));
    }
    return changes;
  }

  /** A record by its number. */
  record(seq: number): StoredRecord | undefined {
    return this.#records("WHERE seq = ?", seq)[0];
  }

  /** Records, oldest first. */
  records(filter: RecordFilter = {}): StoredRecord[] {
    return this.#queries.newest("records", filter).map((row) => this.toRecord(row)).filter((record) =>
      record !== undefined
    );
  }

  /** Records after a number, one by one, oldest first; for more records than fit into memory. */
  *eachRecord(
    filter: Omit<RecordFilter, "limit"> = {},
    afterSeq = Number.MIN_SAFE_INTEGER,
  ): Generator<StoredRecord, void, void> {
    const { condition, parameters } = conditionOf(filter);
    yield* this.#eachRecord(condition, parameters, Infinity, afterSeq);
  }

  /**
   * The oldest records that are not delivered yet, in order, starting after the record `afterSeq`.
   *
   * @param skipAfterSeq by meter, the number of a record; later records of the meter are skipped
   */
  outbox(limit: number, afterSeq = 0, skipAfterSeq: ReadonlyMap<string, number> = new Map()): StoredRecord[] {
    const conditions = ["delivered_at IS NULL", ...[...skipAfterSeq].map(() => "NOT (meter = ? AND seq > ?)")];
    return [...this.#eachRecord(conditions.join(" AND "), [...skipAfterSeq].flat(), limit, afterSeq)];
  }

  /** Number of records that are not delivered yet. */
  undelivered(): number {
    const row = this.rows("SELECT count(*) AS n FROM records WHERE delivered_at IS NULL", [])[0] ?? {};
    return optionalInteger(row, "n") ?? 0;
  }

  /** Number of records. */
  size(): number {
    const row = this.rows("SELECT count(*) AS n FROM records", [])[0] ?? {};
    return optionalInteger(row, "n") ?? 0;
  }

  /** The records of a meter, under all its ids, that were stored before the record `seq`, newest first. */
  recordsBefore(seq: number, meterIds: readonly string[], limit: number): StoredRecord[] {
    const last = "WHERE meter_id = ? AND seq < ? ORDER BY seq DESC LIMIT ?";
    const records = meterIds.flatMap((meterId) => this.#records(last, meterId, seq, limit));
    return records.sort((left, right) => right.seq - left.seq).slice(0, limit);
  }

  /** All ids of a meter in the journal: with and without its year of production. */
  idsOf(meterId: string): string[] {
    const serialNumber = serialNumberIn(meterId);
    const known = ["meters", "places"].map((table) => `SELECT meter_id FROM ${table} WHERE meter_id GLOB ?`);
    const pattern = `${serialNumber.replaceAll(/[[*?]/g, "[$&]")}*`;
    const rows = this.rows(`${known.join(" UNION ")} ORDER BY meter_id`, known.map(() => pattern));
    const ids = rows.map((row) => String(row["meter_id"])).filter((id) => serialNumberIn(id) === serialNumber);
    return [...new Set([meterId, serialNumber, ...ids])];
  }

  /**
   * Records of a meter without a verdict: the process ended before they were verified, or the stored verdict is
   * damaged.
   */
  *recordsWithoutVerdict(meter: string): Generator<StoredRecord, void, void> {
    yield* this.#eachRecord("meter = ? AND verdict IS NULL", [meter]);
    for (const row of this.#unreadable.rowsWith("verdict")) {
      const record = this.record(Number(row.slice(recordRow.length)));
      if (record?.meter === meter && record.verdict === undefined) yield record;
    }
  }

  /** The key and the last pagination of a meter from its earlier records, under all its ids. */
  memory(meterId: string): MeterMemory {
    const all = this.idsOf(meterId).map((id) => this.#memoryOf(id));
    const numbers = all.flatMap(({ lastPagination }) => lastPagination ?? []);
    return {
      firstKey: all.find(({ firstKey }) => firstKey !== undefined)?.firstKey,
      lastPagination: numbers.length === 0 ? undefined : Math.max(...numbers),
    };
  }

  #memoryOf(meterId: string): MeterMemory {
    const row = this.rows("SELECT * FROM meters WHERE meter_id = ?", [meterId])[0] ?? {};
    return this.#noted(toMemory(row), `meter ${meterId}`, () => this.#memoryOf(meterId));
  }

  /** The meter that was last found under a name of the configuration. */
  place(meter: string): MeterPlace | undefined {
    const row = this.rows("SELECT * FROM places WHERE meter = ?", [meter])[0];
    return row === undefined ? undefined : this.#noted(toPlace(row), `the place of ${meter}`, () => this.place(meter));
  }

  /** The names of all meters in the journal. */
  meters(): string[] {
    const names = ["records", "transactions", "places"].map((table) => `SELECT meter FROM ${table}`).join(" UNION ");
    return this.rows(`${names} ORDER BY meter`, []).map((row) => String(row["meter"]));
  }

  /** Closes the database. */
  close(): void {
    if (this.db.isOpen) this.db.close();
  }

  /** The open database. */
  protected get db(): DatabaseSync {
    return this.#queries.db;
  }

  /** Continues with another connection; the caller has closed the old one. */
  protected useDatabase(db: DatabaseSync): void {
    this.#queries.useDatabase(db);
  }

  /** Remembers that the database is damaged if the error reports damage. */
  protected noteDamage(error: unknown): void {
    this.#queries.noteDamage(error);
  }

  /** Rows of a query. Integers are read as bigint: a damaged value beyond 2^53 would otherwise be an error. */
  protected rows(sql: string, parameters: readonly SQLInputValue[]): Readonly<Record<string, unknown>>[] {
    return this.#queries.rows(sql, parameters);
  }

  /** A row of `transactions`; undefined: its number cannot be read. */
  protected toTransaction(row: Readonly<Record<string, unknown>>): StoredTransaction | undefined {
    const read = toTransaction(row, (seq) => this.#lastState(seq));
    if (read === undefined) return undefined;
    const { seq } = read.value;
    return this.#noted(read, `transaction ${seq}`, () => this.#transactions("WHERE seq = ?", seq));
  }

  /** A row of `records`; undefined: its number cannot be read. */
  protected toRecord(row: Readonly<Record<string, unknown>>): StoredRecord | undefined {
    const read = toRecord(row);
    if (read === undefined) return undefined;
    const { seq } = read.value;
    return this.#noted(read, `${recordRow}${seq}`, () => this.record(seq));
  }

  #noted<T>({ value, unreadable }: ReadRow<T>, row: string, readAgain: () => unknown): T {
    this.#unreadable.note(row, unreadable, readAgain);
    return value;
  }

  #transactions(which: string, ...parameters: SQLInputValue[]): StoredTransaction[] {
    return this.rows(`SELECT * FROM transactions ${which}`, parameters)
      .map((row) => this.toTransaction(row)).filter((transaction) => transaction !== undefined);
  }

  #records(which: string, ...parameters: SQLInputValue[]): StoredRecord[] {
    return this.rows(`SELECT * FROM records ${which}`, parameters)
      .map((row) => this.toRecord(row)).filter((record) => record !== undefined);
  }

  #lastState(transactionSeq: number): string | undefined {
    const sql = "SELECT state FROM changes WHERE transaction_seq = ? ORDER BY rowid DESC LIMIT 1";
    return this.rows(sql, [transactionSeq]).map((row) => optionalText(row, "state"))[0];
  }

  *#eachRecord(
    condition: string,
    parameters: readonly SQLInputValue[],
    limit = Infinity,
    afterSeq = Number.MIN_SAFE_INTEGER,
  ): Generator<StoredRecord, void, void> {
    const sql = `SELECT * FROM records WHERE ${condition} AND seq > ? ORDER BY seq`;
    for (const row of this.#queries.pages(sql, parameters, "seq", limit, afterSeq)) {
      const record = this.toRecord(row);
      if (record !== undefined) yield record;
    }
  }
}

/** The texts that begin with `prefix` are from the first bound up to the second, without it. */
function boundsOf(prefix: string): [string, string] {
  return [prefix, `${prefix}\u{10ffff}`];
}

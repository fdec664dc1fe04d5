import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import { isSystemError } from "../base/sqlite_error.ts";
import { removeDatabase } from "../base/sqlite_files.ts";
import { earlierMessageId, messageId } from "./message_id.ts";
import { copyReadable, SalvageSource, type Values } from "./salvage_source.ts";

const tables = ["records", "transactions", "changes", "meters", "places", "deliveries"] as const;

type Table = typeof tables[number];

/**
 * Copies the readable data of a damaged journal into a new one. The damaged files stay unchanged: this reads a copy.
 *
 * @param into the new journal, without rows and with an open transaction
 * @param freshPath path of a journal without rows
 * @param copy path for the copy; the copy is removed at the end
 * @returns the number of records that were copied
 * @throws {Error} the system returned an error: no room, no permission
 */
export function salvage(damagedPath: string, into: DatabaseSync, freshPath: string, copy: string): number {
  let from: DatabaseSync | undefined;
  try {
    copyReadable(damagedPath, freshPath, copy);
    const source = from = new DatabaseSync(copy);
    const [records = 0] = tables.map((table) => copyTable(new SalvageSource(source, table), into, table));
    return records;
  } finally {
    if (from?.isOpen) from.close();
    removeDatabase(copy);
  }
}

/** @returns the number of rows that were copied */
function copyTable(source: SalvageSource, into: DatabaseSync, table: Table): number {
  const columns = columnsOf(into, table);
  const insert = new Insert(into, table);
  const hasRecord = into.prepare("SELECT 1 FROM records WHERE seq = ?");
  let copied = 0;
  for (const row of source.rows()) {
    const repaired = repair(table, row, (seq) => hasRecord.get(seq) !== undefined);
    if (insert.run(repaired) ?? insert.run(retyped(repaired, columns))) copied++;
  }
  return copied;
}

/** Inserts rows into one table; a row of an earlier release may have fewer columns. */
class Insert {
  readonly #into: DatabaseSync;
  readonly #table: Table;
  readonly #statements = new Map<string, StatementSync>();

  constructor(into: DatabaseSync, table: Table) {
    this.#into = into;
    this.#table = table;
  }

  /** @returns whether the row is new; undefined: SQLite rejects the row */
  run(row: Values): boolean | undefined {
    try {
      return Number(this.#statement(Object.keys(row)).run(...Object.values(row)).changes) > 0;
    } catch (error) {
      if (isSystemError(error)) throw error;
      return undefined;
    }
  }

  #statement(columns: readonly string[]): StatementSync {
    const names = columns.join(", ");
    const known = this.#statements.get(names);
    if (known !== undefined) return known;
    const places = columns.map(() => "?").join(", ");
    const sql = `INSERT OR IGNORE INTO ${this.#table} (${names}) VALUES (${places})`;
    const statement = this.#into.prepare(sql);
    this.#statements.set(names, statement);
    return statement;
  }
}

type ColumnKind = { readonly type: unknown; readonly needed: boolean };

function columnsOf(into: DatabaseSync, table: Table): ReadonlyMap<string, ColumnKind> {
  const rows = into.prepare(`PRAGMA table_info(${table})`).all();
  return new Map(rows.map((row) => [String(row["name"]), { type: row["type"], needed: row["notnull"] === 1 }]));
}

/** Replaces values of the wrong type by NULL or an empty value, so that one damaged column does not lose the row. */
function retyped(row: Values, columns: ReadonlyMap<string, ColumnKind>): Values {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => {
      const column = columns.get(name);
      return [name, column === undefined || isOf(column, value) ? value : column.needed ? empty(column) : null];
    }),
  );
}

function isOf({ type, needed }: ColumnKind, value: SQLInputValue): boolean {
  if (value === null) return !needed;
  if (type === "INTEGER") return typeof value === "bigint";
  return type === "TEXT" ? typeof value === "string" : value instanceof Uint8Array;
}

function empty({ type }: ColumnKind): SQLInputValue {
  if (type === "INTEGER") return 0;
  return type === "TEXT" ? "" : new Uint8Array();
}

/** Clears the verdict of a changed record, so that it is verified again, and the reference to a record that is lost. */
function repair(table: Table, row: Values, hasRecord: (seq: bigint) => boolean): Values {
  if (table === "records" && !isAsStored(row)) return { ...row, verdict: null };
  const record = row["record_seq"];
  if (table !== "transactions" || typeof record !== "bigint") return row;
  return hasRecord(record) ? row : { ...row, ["record_seq"]: null };
}

function isAsStored(row: Values): boolean {
  const { message_id: name, meter_id: meterId, transaction_id: transactionId, ocmf } = row;
  if (typeof meterId !== "string" || !(ocmf instanceof Uint8Array)) return false;
  const id = typeof transactionId === "string" ? transactionId : undefined;
  return name === messageId(meterId, ocmf, id) || name === earlierMessageId(meterId, ocmf, id);
}

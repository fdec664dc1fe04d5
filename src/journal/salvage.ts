import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import { messageId } from "./message_id.ts";
import { databaseSuffixes } from "./set_aside.ts";
import { sizeOf } from "./size_of.ts";

const tables = ["records", "transactions", "changes", "meters", "places"] as const;

/** Row numbers that are looked for one by one; a number from a damaged page can be any. */
const mostProbes = 1_000_000;

type Table = typeof tables[number];
type Values = Record<string, SQLInputValue>;

/**
 * Copies what is still readable of a damaged journal into a new one. The damaged files stay as they are: what is read
 * is a copy of them.
 *
 * @param freshPath the new journal's file
 * @returns the number of records that were saved
 */
export function salvage(damagedPath: string, freshPath: string, into: DatabaseSync): number {
  const copy = `${damagedPath}.salvage`;
  let from: DatabaseSync | undefined;
  try {
    copyReadable(damagedPath, freshPath, copy);
    const source = from = new DatabaseSync(copy);
    into.exec("BEGIN IMMEDIATE");
    const [records = 0] = tables.map((table) => copyTable(new Source(source, table), into, table));
    into.exec("COMMIT");
    return records;
  } catch {
    // Not even its header can be read: the file stays beside the new journal for whoever can repair it
    if (into.isTransaction) into.exec("ROLLBACK");
    return 0;
  } finally {
    if (from?.isOpen) from.close();
    for (const suffix of databaseSuffixes) {
      if (sizeOf(copy + suffix) !== undefined) Deno.removeSync(copy + suffix);
    }
  }
}

/** Copies database and log so that SQLite reads as much as it can. */
function copyReadable(damagedPath: string, freshPath: string, copy: string): void {
  const size = sizeOf(damagedPath) ?? 0;
  // SQLite deletes the log of an empty database; any first page makes it look into the log for the real one
  Deno.copyFileSync(size === 0 ? freshPath : damagedPath, copy);
  if (sizeOf(`${damagedPath}-wal`) !== undefined) Deno.copyFileSync(`${damagedPath}-wal`, `${copy}-wal`);
  const wanted = sizeInHeader(copy);
  if (size > 0 && wanted !== undefined && wanted > size) Deno.truncateSync(copy, wanted);
}

/** The size that a database's header tells: SQLite reads nothing of one that is shorter. */
function sizeInHeader(path: string): number | undefined {
  using file = Deno.openSync(path);
  const header = new Uint8Array(32);
  if (file.readSync(header) !== header.length || !new TextDecoder().decode(header).startsWith("SQLite format 3\0")) {
    return undefined;
  }
  const view = new DataView(header.buffer);
  const pageSize = view.getUint16(16);
  return (pageSize === 1 ? 65_536 : pageSize) * view.getUint32(28);
}

/** A table of a damaged database. A damaged page ends a scan, so that it is read from both ends and row by row. */
class Source {
  readonly #db: DatabaseSync;
  readonly #table: Table;
  readonly #select: string;

  constructor(db: DatabaseSync, table: Table) {
    this.#db = db;
    this.#table = table;
    this.#select = `SELECT rowid AS "rowid", * FROM ${table}`;
  }

  *rows(): Generator<Values, void, void> {
    const first = (yield* this.#scan("ASC")) ?? 0;
    const last = Math.min((yield* this.#scan("DESC")) ?? Infinity, this.#beyondLast());
    if (last - first > mostProbes) return;
    const one = this.#db.prepare(`${this.#select} WHERE rowid = ?`);
    for (let rowid = first + 1; rowid < last; rowid++) {
      try {
        const row = one.get(rowid);
        if (row !== undefined) yield row;
      } catch {
        // This row lies on a damaged page
      }
    }
  }

  /** @returns the number of the last row that was read */
  *#scan(order: "ASC" | "DESC"): Generator<Values, number | undefined, void> {
    let last: number | undefined;
    // At a damaged page the iteration ends without an error
    for (const row of this.#db.prepare(`${this.#select} ORDER BY rowid ${order}`).iterate()) {
      yield row;
      if (typeof row["rowid"] === "number") last = row["rowid"];
    }
    return last;
  }

  /** One more than the highest number that a row can have, where SQLite keeps it; else no limit. */
  #beyondLast(): number {
    try {
      const row = this.#db.prepare("SELECT seq FROM sqlite_sequence WHERE name = ?").get(this.#table);
      return typeof row?.["seq"] === "number" ? row["seq"] + 1 : Infinity;
    } catch {
      return Infinity;
    }
  }
}

/** @returns rows that were copied */
function copyTable(source: Source, into: DatabaseSync, table: Table): number {
  let copied = 0;
  for (const row of source.rows()) {
    try {
      const mended = mend(into, table, row);
      const columns = Object.keys(mended);
      const places = columns.map(() => "?").join(", ");
      const insert = into.prepare(`INSERT OR IGNORE INTO ${table} (${columns.join(", ")}) VALUES (${places})`);
      copied += Number(insert.run(...Object.values(mended)).changes);
    } catch {
      // A row that the new journal does not take is no row of a journal
    }
  }
  return copied;
}

/** A record that is not what it was is judged anew; a transaction outlives its record. */
function mend(into: DatabaseSync, table: Table, row: Values): Values {
  if (table === "records" && !isAsStored(row)) return { ...row, verdict: null };
  const record = row["record_seq"];
  if (table !== "transactions" || typeof record !== "number") return row;
  const saved = into.prepare("SELECT 1 FROM records WHERE seq = ?").get(record) !== undefined;
  return saved ? row : { ...row, ["record_seq"]: null };
}

function isAsStored(row: Values): boolean {
  const { message_id: name, meter_id: meterId, transaction_id: transactionId, ocmf } = row;
  if (typeof meterId !== "string" || !(ocmf instanceof Uint8Array)) return false;
  return name === messageId(meterId, ocmf, typeof transactionId === "string" ? transactionId : undefined);
}

import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import { sizeOf } from "../base/files.ts";
import { isSystemError } from "../base/sqlite_error.ts";

/** The most row numbers that are tried one by one; a row number from a damaged page can have any value. */
const maxProbes = 1_000_000;

/** The values of a row, by column name. */
export type Values = Record<string, SQLInputValue>;

/**
 * Copies a database and its log so that SQLite can read as much as possible.
 *
 * @param freshPath path of an intact database without rows
 */
export function copyReadable(damagedPath: string, freshPath: string, copy: string): void {
  const size = sizeOf(damagedPath) ?? 0;
  // SQLite deletes the log of an empty database; with any first page it reads the real page from the log
  Deno.copyFileSync(size === 0 ? freshPath : damagedPath, copy);
  if (sizeOf(`${damagedPath}-wal`) !== undefined) Deno.copyFileSync(`${damagedPath}-wal`, `${copy}-wal`);
  if (size > 0) repairHeader(copy, size);
}

/** The bytes of the database header that are the same in every journal. */
const constants: readonly (readonly [at: number, bytes: readonly number[]])[] = [
  // Format name, 4096 bytes per page, write-ahead log, and the fixed payload fractions
  [0, [...new TextEncoder().encode("SQLite format 3\0"), 16, 0, 2, 2, 0, 64, 32, 32]],
  [44, [0, 0, 0, 4]],
  [56, [0, 0, 0, 1]],
];

/**
 * Repairs the fixed bytes of a database header, so that one wrong bit does not lose all rows. SQLite does not read a
 * database that is shorter than its header states, so the file is extended to that length.
 */
function repairHeader(path: string, size: number): void {
  using file = Deno.openSync(path, { read: true, write: true });
  const header = new Uint8Array(100);
  if (file.readSync(header) !== header.length) return;
  for (const [at, bytes] of constants) header.set(bytes, at);
  const view = new DataView(header.buffer);
  const pages = Math.ceil(size / pageBytes);
  const stated = view.getUint32(28);
  // A database is truncated more often than it is extended; a number far too large is not a number of pages
  if (stated < pages || stated > 1000 + 100 * pages) view.setUint32(28, pages);
  file.seekSync(0, Deno.SeekMode.Start);
  file.writeSync(header);
  file.truncateSync(Math.max(size, view.getUint32(28) * pageBytes));
}

/** SQLite's default, the same in all our releases. */
const pageBytes = 4096;

/**
 * A table of a damaged database. A damaged page ends a scan, so the table is read from both ends and then row by row.
 *
 * Integers are read as bigint: a damaged value beyond 2^53 would otherwise end a scan.
 */
export class SalvageSource {
  readonly #db: DatabaseSync;
  readonly #table: string;
  readonly #select: string;

  constructor(db: DatabaseSync, table: string) {
    this.#db = db;
    this.#table = table;
    this.#select = `SELECT rowid AS "rowid", * FROM ${table}`;
  }

  /** The rows that can be read. */
  *rows(): Generator<Values, void, void> {
    const first = (yield* this.#scan("ASC", undefined)) ?? 0n;
    const fromEnd = (yield* this.#scan("DESC", first)) ?? Infinity;
    const beyond = this.#beyondLast();
    const last = fromEnd < beyond ? fromEnd : beyond;
    if (Number(last) - Number(first) > maxProbes) return;
    const one = this.#prepare(`${this.#select} WHERE rowid = ?`);
    for (let rowid = first + 1n; rowid < last; rowid++) {
      const row = unlessDamaged(() => one?.get(rowid));
      if (row !== undefined) yield row;
    }
  }

  /**
   * @param until number of a row that was already read; the scan ends there
   * @returns number of the last row that was read
   */
  *#scan(order: "ASC" | "DESC", until: bigint | undefined): Generator<Values, bigint | undefined, void> {
    let last: bigint | undefined;
    const rows = this.#prepare(`${this.#select} ORDER BY rowid ${order}`)?.iterate();
    // The iteration ends at a damaged page, with or without an error
    for (let row = unlessDamaged(() => rows?.next()); row !== undefined && !row.done;) {
      const rowid = row.value["rowid"];
      if (typeof rowid === "bigint") last = rowid;
      if (last !== undefined && last === until) break;
      yield row.value;
      row = unlessDamaged(() => rows?.next());
    }
    return last;
  }

  /** One more than the highest row number that SQLite has assigned; infinite if that is unknown. */
  #beyondLast(): bigint | number {
    const kept = this.#prepare("SELECT seq FROM sqlite_sequence WHERE name = ?");
    const highest = unlessDamaged(() => kept?.get(this.#table)?.["seq"]);
    return typeof highest === "bigint" ? highest + 1n : Infinity;
  }

  #prepare(sql: string): ReturnType<DatabaseSync["prepare"]> | undefined {
    return unlessDamaged(() => {
      const statement = this.#db.prepare(sql);
      statement.setReadBigInts(true);
      return statement;
    });
  }
}

/** Result of `read`; undefined: the database is too damaged. */
function unlessDamaged<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (isSystemError(error)) throw error;
    return undefined;
  }
}

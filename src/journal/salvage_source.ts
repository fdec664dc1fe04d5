import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import { sizeOf } from "./size_of.ts";
import { isRefusal } from "./sqlite_error.ts";

/** Row numbers that are looked for one by one; a number from a damaged page can be any. */
const mostProbes = 1_000_000;

/** A row by its columns. */
export type Values = Record<string, SQLInputValue>;

/**
 * Copies a database and its log so that SQLite reads as much as it can.
 *
 * @param freshPath a sound database without rows
 */
export function copyReadable(damagedPath: string, freshPath: string, copy: string): void {
  const size = sizeOf(damagedPath) ?? 0;
  // SQLite deletes the log of an empty database; any first page makes it look into the log for the real one
  Deno.copyFileSync(size === 0 ? freshPath : damagedPath, copy);
  if (sizeOf(`${damagedPath}-wal`) !== undefined) Deno.copyFileSync(`${damagedPath}-wal`, `${copy}-wal`);
  if (size > 0) mendHeader(copy, size);
}

/** Where a database's header holds what is the same in each journal. */
const constants: readonly (readonly [at: number, bytes: readonly number[]])[] = [
  // Its name, 4096 bytes a page, a write-ahead log, and the fixed shares of a page
  [0, [...new TextEncoder().encode("SQLite format 3\0"), 16, 0, 2, 2, 0, 64, 32, 32]],
  [44, [0, 0, 0, 4]],
  [56, [0, 0, 0, 1]],
];

/**
 * Writes what a database's header must say, so that one bit of it does not cost all rows. SQLite reads nothing of a
 * database that is shorter than its header says: it is made as long.
 */
function mendHeader(path: string, size: number): void {
  using file = Deno.openSync(path, { read: true, write: true });
  const header = new Uint8Array(100);
  if (file.readSync(header) !== header.length) return;
  for (const [at, bytes] of constants) header.set(bytes, at);
  const view = new DataView(header.buffer);
  const pages = Math.ceil(size / pageBytes);
  const stated = view.getUint32(28);
  // A database loses its end more often than it gains one; what is far beyond is no number of pages
  if (stated < pages || stated > 1000 + 100 * pages) view.setUint32(28, pages);
  file.seekSync(0, Deno.SeekMode.Start);
  file.writeSync(header);
  file.truncateSync(Math.max(size, view.getUint32(28) * pageBytes));
}

/** SQLite's own choice, which no release has changed. */
const pageBytes = 4096;

/**
 * A table of a damaged database. A damaged page ends a scan, so that it is read from both ends and row by row.
 *
 * Whole numbers are read as big integers: one beyond 2^53, which only damage writes, would end a scan.
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
    if (Number(last) - Number(first) > mostProbes) return;
    const one = this.#prepare(`${this.#select} WHERE rowid = ?`);
    for (let rowid = first + 1n; rowid < last; rowid++) {
      const row = unlessRefused(() => one?.get(rowid));
      if (row !== undefined) yield row;
    }
  }

  /**
   * @param until the number of a row that was read before
   * @returns the number of the last row that was read
   */
  *#scan(order: "ASC" | "DESC", until: bigint | undefined): Generator<Values, bigint | undefined, void> {
    let last: bigint | undefined;
    const rows = this.#prepare(`${this.#select} ORDER BY rowid ${order}`)?.iterate();
    // At a damaged page the iteration ends, with an error or without
    for (let row = unlessRefused(() => rows?.next()); row !== undefined && !row.done;) {
      const rowid = row.value["rowid"];
      if (typeof rowid === "bigint") last = rowid;
      if (last !== undefined && last === until) break;
      yield row.value;
      row = unlessRefused(() => rows?.next());
    }
    return last;
  }

  /** One more than the highest number that a row can have, where SQLite keeps it; else no limit. */
  #beyondLast(): bigint | number {
    const kept = this.#prepare("SELECT seq FROM sqlite_sequence WHERE name = ?");
    const highest = unlessRefused(() => kept?.get(this.#table)?.["seq"]);
    return typeof highest === "bigint" ? highest + 1n : Infinity;
  }

  #prepare(sql: string): ReturnType<DatabaseSync["prepare"]> | undefined {
    return unlessRefused(() => {
      const statement = this.#db.prepare(sql);
      statement.setReadBigInts(true);
      return statement;
    });
  }
}

/** What `read` gives; undefined where the database is too damaged for it. */
function unlessRefused<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (isRefusal(error)) throw error;
    return undefined;
  }
}

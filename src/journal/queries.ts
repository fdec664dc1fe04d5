import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";
import { isDamage } from "../base/sqlite_error.ts";
import { JournalError } from "./errors.ts";
import { conditionOf, maxRowsPerStatement, type RecordFilter } from "./filters.ts";
import type { Row } from "./row_values.ts";

/** Runs the queries of a journal. Each method can throw a `JournalError` with `read_failed`. */
export class Queries {
  readonly #path: string;
  #db: DatabaseSync;
  #damage: string | undefined;
  /** Prepared queries by their SQL. A query that is prepared for each read needs 10 KB until it is collected. */
  readonly #statements = new Map<string, StatementSync>();

  /** @param path the database's path, for messages */
  constructor(db: DatabaseSync, path: string) {
    this.#db = db;
    this.#path = path;
  }

  /** The open database. */
  get db(): DatabaseSync {
    return this.#db;
  }

  /** The damage that SQLite has reported since the database was opened; undefined: none. */
  get damage(): string | undefined {
    return this.#damage;
  }

  /** Continues with another connection; the caller has closed the old one. */
  useDatabase(db: DatabaseSync): void {
    this.#statements.clear();
    this.#db = db;
  }

  /** Remembers that the database is damaged if the error reports damage. */
  noteDamage(error: unknown): void {
    if (isDamage(error)) this.#damage ??= error.message;
  }

  /** Rows of a query. Integers are read as bigint: a damaged value beyond 2^53 would otherwise be an error. */
  rows(sql: string, parameters: readonly SQLInputValue[]): Row[] {
    try {
      return this.#statement(sql).all(...parameters);
    } catch (error) {
      this.noteDamage(error);
      throw new JournalError("read_failed", `Cannot read the journal ${this.#path}`, { cause: error });
    }
  }

  /**
   * At most `limit` rows in the order of the column `number`, read page by page; the last parameter is the lower bound.
   */
  *pages(
    sql: string,
    parameters: readonly SQLInputValue[],
    number: string,
    limit = Infinity,
    after = Number.MIN_SAFE_INTEGER,
  ): Generator<Row, void, void> {
    let last: SQLInputValue = after;
    for (let left = limit; left > 0;) {
      const wanted = Math.min(left, maxRowsPerStatement);
      const rows = this.rows(`${sql} LIMIT ?`, [...parameters, last, wanted]);
      yield* rows;
      const end = rows.at(-1)?.[number];
      if (typeof end === "bigint") last = end;
      left = rows.length < wanted || typeof end !== "bigint" ? 0 : left - rows.length;
    }
  }

  /** The newest rows of a table, oldest first. */
  newest(table: "records" | "transactions", filter: RecordFilter): Row[] {
    const { condition, parameters } = conditionOf(filter);
    const sql = `SELECT * FROM ${table} WHERE ${condition} AND seq < ? ORDER BY seq DESC LIMIT ?`;
    const found: Row[] = [];
    let before: SQLInputValue = Number.MAX_SAFE_INTEGER;
    for (let left = filter.limit ?? Infinity; left > 0;) {
      const rows = this.rows(sql, [...parameters, before, Math.min(left, maxRowsPerStatement)]);
      found.push(...rows);
      left = rows.length < maxRowsPerStatement ? 0 : left - rows.length;
      const end = rows.at(-1)?.["seq"];
      if (typeof end === "bigint") before = end;
    }
    return found.reverse();
  }

  #statement(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.#db.prepare(sql);
    statement.setReadBigInts(true);
    this.#statements.set(sql, statement);
    return statement;
  }
}

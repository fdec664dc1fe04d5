import type { DatabaseSync } from "node:sqlite";

/** Runs a statement. Unlike the errors of `exec`, its errors have a code. */
export function runSql(db: DatabaseSync, sql: string): void {
  db.prepare(sql).all();
}

/** Runs `work` in one transaction of the database: if it throws, nothing has changed. */
export function inOneStep<T>(db: DatabaseSync, work: () => T): T {
  runSql(db, "BEGIN IMMEDIATE");
  try {
    const result = work();
    runSql(db, "COMMIT");
    return result;
  } catch (error) {
    if (db.isTransaction) runSql(db, "ROLLBACK");
    throw error;
  }
}

/** The value of a pragma that is a number. */
export function pragmaNumber(db: DatabaseSync, pragma: string): number {
  return Number(db.prepare(`PRAGMA ${pragma}`).get()?.[pragma]);
}

/** Number of pages that contain data. */
export function usedPages(db: DatabaseSync): number {
  return pragmaNumber(db, "page_count") - pragmaNumber(db, "freelist_count");
}

/**
 * The meters of a table, each found by one step in an index.
 *
 * @param nextMeter selects the first `meter` after the one in its parameter
 */
export function metersIn(db: DatabaseSync, nextMeter: string): string[] {
  const after = db.prepare(nextMeter);
  const meters: string[] = [];
  for (let row = after.get(""); typeof row?.["meter"] === "string"; row = after.get(row["meter"])) {
    meters.push(row["meter"]);
  }
  return meters;
}

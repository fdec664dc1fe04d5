import { DatabaseSync, type SQLInputValue } from "node:sqlite";

const tables = ["records", "transactions", "changes", "meters", "places"] as const;

/**
 * Copies what is still readable of a damaged journal into a new one. A damaged page ends a scan, so that each table is
 * read from both ends.
 *
 * @returns the number of records that were saved
 */
export function salvage(damagedPath: string, into: DatabaseSync): number {
  let from: DatabaseSync | undefined;
  let saved = 0;
  try {
    from = new DatabaseSync(damagedPath, { readOnly: true });
    for (const table of tables) {
      for (const order of ["ASC", "DESC"]) {
        const count = copyRows(from, into, table, order);
        if (table === "records") saved += count;
      }
    }
  } catch {
    // Not even its header can be read: the file stays beside the new journal for whoever can repair it
  } finally {
    if (from?.isOpen) from.close();
  }
  return saved;
}

function copyRows(from: DatabaseSync, into: DatabaseSync, table: string, order: string): number {
  let copied = 0;
  try {
    for (const row of from.prepare(`SELECT rowid AS "rowid", * FROM ${table} ORDER BY rowid ${order}`).iterate()) {
      copied += copyRow(into, table, row);
    }
  } catch {
    // The scan met the damage; the other direction comes as far as it can
  }
  return copied;
}

function copyRow(into: DatabaseSync, table: string, row: Record<string, SQLInputValue>): number {
  const columns = Object.keys(row);
  const places = columns.map(() => "?").join(", ");
  try {
    const insert = into.prepare(`INSERT OR IGNORE INTO ${table} (${columns.join(", ")}) VALUES (${places})`);
    return Number(insert.run(...Object.values(row)).changes);
  } catch {
    return 0;
  }
}

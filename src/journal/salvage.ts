import { DatabaseSync } from "node:sqlite";
import { messageId } from "./message_id.ts";
import { copyReadable, SalvageSource, type Values } from "./salvage_source.ts";
import { databaseSuffixes } from "./set_aside.ts";
import { sizeOf } from "./size_of.ts";
import { isRefusal } from "./sqlite_error.ts";

const tables = ["records", "transactions", "changes", "meters", "places"] as const;

type Table = typeof tables[number];

/**
 * Copies what is still readable of a damaged journal into a new one. The damaged files stay as they are: what is read
 * is a copy of them.
 *
 * @param into the new journal, without rows and within a transaction
 * @param freshPath its file, or that of another journal without rows
 * @param copy where the copy may be; it is removed in the end
 * @returns the number of records that were saved
 * @throws {Error} the system refuses: no room, no permission
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

/** Removes a database with the files beside it. */
export function removeDatabase(path: string): void {
  for (const suffix of databaseSuffixes) {
    if (sizeOf(path + suffix) !== undefined) Deno.removeSync(path + suffix);
  }
}

/** @returns rows that were copied */
function copyTable(source: SalvageSource, into: DatabaseSync, table: Table): number {
  let copied = 0;
  for (const row of source.rows()) {
    try {
      const mended = mend(into, table, row);
      const columns = Object.keys(mended);
      const places = columns.map(() => "?").join(", ");
      const insert = into.prepare(`INSERT OR IGNORE INTO ${table} (${columns.join(", ")}) VALUES (${places})`);
      copied += Number(insert.run(...Object.values(mended)).changes);
    } catch (error) {
      if (isRefusal(error)) throw error;
      // A row that the new journal does not take is no row of a journal
    }
  }
  return copied;
}

/** A record that is not what it was is judged anew; a transaction outlives its record. */
function mend(into: DatabaseSync, table: Table, row: Values): Values {
  if (table === "records" && !isAsStored(row)) return { ...row, verdict: null };
  const record = row["record_seq"];
  if (table !== "transactions" || typeof record !== "bigint") return row;
  const saved = into.prepare("SELECT 1 FROM records WHERE seq = ?").get(record) !== undefined;
  return saved ? row : { ...row, ["record_seq"]: null };
}

function isAsStored(row: Values): boolean {
  const { message_id: name, meter_id: meterId, transaction_id: transactionId, ocmf } = row;
  if (typeof meterId !== "string" || !(ocmf instanceof Uint8Array)) return false;
  return name === messageId(meterId, ocmf, typeof transactionId === "string" ? transactionId : undefined);
}

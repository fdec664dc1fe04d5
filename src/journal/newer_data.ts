import { DatabaseSync } from "node:sqlite";
import { sizeOf } from "../base/files.ts";
import { optionalInteger, type Row } from "./row_values.ts";

/** Data that one journal contains and another does not. */
export interface NewerData {
  /** Number of records. */
  readonly records: number;
  /** Number of these records that are not delivered. */
  readonly undelivered: number;
  /** Number of transactions that the other journal does not contain, or contains in an earlier state. */
  readonly transactions: number;
}

/**
 * The data that the database `path` contains and the database `other` does not. A missing database contains nothing.
 */
export function findNewerData(path: string, other: string): NewerData {
  const nothing = { records: 0, undelivered: 0, transactions: 0 };
  if (sizeOf(path) === undefined) return nothing;
  const db = new DatabaseSync(path, { readOnly: true });
  const known = new DatabaseSync(other, { readOnly: true });
  try {
    if (db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'records'").get() === undefined) return nothing;
    const record = known.prepare("SELECT 1 FROM records WHERE message_id = ?");
    const records = db.prepare("SELECT message_id, delivered_at FROM records").all()
      .filter((row) => record.get(row["message_id"] ?? null) === undefined);
    const transaction = known.prepare("SELECT changed_at FROM transactions WHERE meter = ? AND transaction_id = ?");
    const transactions = db.prepare("SELECT meter, transaction_id, changed_at FROM transactions").all().filter(
      (row) => {
        const same = transaction.get(row["meter"] ?? null, row["transaction_id"] ?? null);
        return same === undefined || changedAt(same) < changedAt(row);
      },
    );
    return {
      records: records.length,
      undelivered: records.filter((row) => row["delivered_at"] === null).length,
      transactions: transactions.length,
    };
  } finally {
    db.close();
    known.close();
  }
}

function changedAt(row: Row): number {
  return optionalInteger(row, "changed_at") ?? 0;
}

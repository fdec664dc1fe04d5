import type { DatabaseSync } from "node:sqlite";
import { firstReleasedAtMs } from "../base/version.ts";
import { maxRowsPerStatement } from "./filters.ts";

const ended = "state IN ('idle', 'finished', 'corrupted')";

/** See `Journal.prune`. */
export function removeOld(db: DatabaseSync, beforeMs: number, limit: number): number {
  const removed = db.prepare(
    `DELETE FROM records WHERE seq IN (
       SELECT seq FROM records WHERE delivered_at >= ? AND delivered_at < ?
         AND seq NOT IN (SELECT record_seq FROM deliveries WHERE again_at IS NOT NULL) ORDER BY delivered_at LIMIT ?)`,
  ).run(firstReleasedAtMs, beforeMs, limit).changes;
  db.prepare(
    `DELETE FROM transactions WHERE seq IN (
       SELECT seq FROM transactions
       WHERE ${ended} AND record_seq IS NULL AND changed_at >= ? AND changed_at < ? LIMIT ?)`,
  ).run(firstReleasedAtMs, beforeMs, limit);
  return Number(removed);
}

/** See `Journal.redate`. */
export function redateOld(db: DatabaseSync, atMs: number): number {
  const records = db.prepare(
    "UPDATE records SET delivered_at = ? WHERE seq IN (SELECT seq FROM records WHERE delivered_at < ? LIMIT ?)",
  ).run(atMs, firstReleasedAtMs, maxRowsPerStatement).changes;
  const transactions = db.prepare(
    `UPDATE transactions SET changed_at = ? WHERE seq IN (
       SELECT seq FROM transactions WHERE ${ended} AND changed_at < ? LIMIT ?)`,
  ).run(atMs, firstReleasedAtMs, maxRowsPerStatement).changes;
  return Number(records) + Number(transactions);
}

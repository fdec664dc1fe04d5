import type { DatabaseSync } from "node:sqlite";
import { dirname } from "node:path";
import { syncFile } from "../base/files.ts";
import { createPrivate } from "../base/private_files.ts";
import { removeDatabase } from "../base/sqlite_files.ts";

/**
 * Copies a database, including its write-ahead log, into one file that only its owner can read. Replaces an existing
 * file. The file is on the disk when this returns; after a failure there is no file.
 */
export function copyOpen(db: DatabaseSync, to: string): void {
  removeDatabase(to);
  createPrivate(to);
  try {
    db.prepare("VACUUM INTO ?").run(to);
    syncFile(to);
    syncFile(dirname(to));
  } catch (error) {
    removeDatabase(to);
    throw error;
  }
}

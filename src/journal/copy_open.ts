import type { DatabaseSync } from "node:sqlite";
import { dirname } from "node:path";
import { createPrivate } from "../base/private_files.ts";
import { removeDatabase } from "./salvage.ts";
import { syncFile } from "./sync_file.ts";

/**
 * Copies a database with what is in its log into one file, for its owner alone. The file replaces any other one of its
 * name, and is on the disk when this returns; on a failure there is none.
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

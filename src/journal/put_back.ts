import type { DatabaseSync } from "node:sqlite";
import { dirname } from "node:path";
import { copyOpen } from "./copy_open.ts";
import { createFolder } from "./folder_lock.ts";
import type { OpenFiles } from "./open_files.ts";
import { removeDatabase } from "./salvage.ts";
import { asideName } from "./set_aside.ts";
import { sizeOf } from "./size_of.ts";
import { syncFile } from "./sync_file.ts";

/**
 * Writes a database whose files were removed to its path again, through the connection that is still open, and closes
 * this. A process that ends on the way leaves a whole `journal.db.new`, which the next start puts in place.
 */
export function putBack(db: DatabaseSync, path: string, nowMs: number): void {
  const folder = dirname(path);
  createFolder(folder);
  db.prepare("INSERT INTO rebuilds (moved_to, problem, records, at) VALUES ('', 'its file was removed', 0, ?)")
    .run(nowMs);
  copyOpen(db, `${path}.new`);
  // What is left of the old files is older than the copy, and its log is not that of the copy
  removeDatabase(path);
  db.close();
  Deno.renameSync(`${path}.new`, path);
  syncFile(folder);
}

/**
 * Keeps a copy of a database whose place another file has taken. Removes its log: SQLite would read it as that of the
 * other file.
 *
 * @returns where the copy is
 */
export function keepReplaced(db: DatabaseSync, path: string, files: OpenFiles, nowMs: number): string {
  const aside = asideName(dirname(path), "replaced", nowMs);
  copyOpen(db, aside);
  if (files.isOwn("-wal")) Deno.removeSync(`${path}-wal`);
  return aside;
}

/** Closes a connection; SQLite removes the log by its name, which must not hit that of another file. */
export function closeReplaced(db: DatabaseSync, path: string): void {
  const log = `${path}-wal`;
  const foreign = sizeOf(log) !== undefined;
  if (foreign) Deno.renameSync(log, `${log}.foreign`);
  db.close();
  if (foreign) Deno.renameSync(`${log}.foreign`, log);
}

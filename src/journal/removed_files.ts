import type { DatabaseSync } from "node:sqlite";
import { dirname } from "node:path";
import { sizeOf, syncFile } from "../base/files.ts";
import { removeDatabase } from "../base/sqlite_files.ts";
import { copyOpen } from "./copy_open.ts";
import { createFolder } from "./folder_lock.ts";
import type { OpenFiles } from "./open_files.ts";
import { asideName } from "./set_aside.ts";

/**
 * Writes a database whose files were removed to its path again, from the connection that is still open. Closes the
 * connection. If the process ends before the rename, a complete `journal.db.new` is left, and the next start renames
 * it.
 */
export function rewriteRemoved(db: DatabaseSync, path: string, nowMs: number): void {
  const folder = dirname(path);
  createFolder(folder);
  db.prepare("INSERT INTO rebuilds (moved_to, problem, records, at) VALUES ('', 'its file was removed', 0, ?)")
    .run(nowMs);
  copyOpen(db, `${path}.new`);
  // Old files that are left are older than the copy, and SQLite must not use their log for the copy
  removeDatabase(path);
  db.close();
  Deno.renameSync(`${path}.new`, path);
  syncFile(folder);
}

/**
 * Copies a database whose file was replaced by another file. Removes its log: SQLite would use it for the other file.
 *
 * @returns path of the copy
 */
export function copyReplaced(db: DatabaseSync, path: string, files: OpenFiles, nowMs: number): string {
  const aside = asideName(dirname(path), "replaced", nowMs);
  copyOpen(db, aside);
  if (files.isOwn("-wal")) Deno.removeSync(`${path}-wal`);
  return aside;
}

/** Closes a connection. SQLite removes the log by its name; a log that belongs to another file must stay. */
export function closeReplaced(db: DatabaseSync, path: string): void {
  const log = `${path}-wal`;
  const foreign = sizeOf(log) !== undefined;
  if (foreign) Deno.renameSync(log, `${log}.foreign`);
  db.close();
  if (foreign) Deno.renameSync(`${log}.foreign`, log);
}

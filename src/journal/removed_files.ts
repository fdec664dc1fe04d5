import type { DatabaseSync } from "node:sqlite";
import { dirname } from "node:path";
import { sizeOf } from "../base/files.ts";
import { removeDatabase } from "../base/sqlite_files.ts";
import { copyOpen } from "./copy_open.ts";
import { createFolder } from "./folder_lock.ts";
import type { OpenFiles } from "./open_files.ts";
import { RemovedCopy } from "./removed_copy.ts";
import { asideName, invalidLogName } from "./set_aside.ts";

/**
 * Copies a database whose files were removed to `journal.db.new`, from the connection that is still open. Closes the
 * connection. If the process ends before the copy is in place, the next start renames it.
 */
export function copyRemoved(db: DatabaseSync, path: string, files: OpenFiles, nowMs: number): RemovedCopy {
  createFolder(dirname(path));
  db.prepare("INSERT INTO rebuilds (moved_to, problem, records, at) VALUES ('', 'its file was removed', 0, ?)")
    .run(nowMs);
  copyOpen(db, `${path}.new`);
  keepForeignLog(path, files, nowMs);
  // Old files that are left are older than the copy, and SQLite must not use their log for the copy
  removeDatabase(path);
  const copy = new RemovedCopy(path);
  db.close();
  return copy;
}

/**
 * Copies a database whose file was replaced by another file. Removes its log: SQLite would use it for the other file.
 *
 * @returns path of the copy
 */
export function copyReplaced(db: DatabaseSync, path: string, files: OpenFiles, nowMs: number): string {
  const aside = asideName(dirname(path), "replaced", nowMs);
  copyOpen(db, aside);
  if (files.isLogOwn()) Deno.removeSync(`${path}-wal`);
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

/** A log that another process has written does not belong to the copy. Its content must not disappear. */
function keepForeignLog(path: string, files: OpenFiles, nowMs: number): void {
  const log = `${path}-wal`;
  if ((sizeOf(log) ?? 0) > 0 && !files.isLogOwn()) Deno.renameSync(log, invalidLogName(dirname(path), nowMs));
}

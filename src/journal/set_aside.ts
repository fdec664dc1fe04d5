import { join } from "node:path";
import { sizeOf } from "../base/files.ts";
import { databaseSuffixes, moveDatabase } from "../base/sqlite_files.ts";
import { folderError } from "./folder_lock.ts";
import { databaseName } from "./stored_files.ts";

/**
 * Renames the database together with its log, so that no data is lost.
 *
 * @param nowMs wall clock, for the new name
 * @returns the new path
 * @throws {JournalError} `permission_denied` or `open_failed`
 */
export function setAside(folder: string, nowMs: number): string {
  const movedTo = asideName(folder, "damaged", nowMs);
  try {
    moveDatabase(join(folder, databaseName), movedTo);
  } catch (error) {
    throw folderError(folder, error);
  }
  return movedTo;
}

/** An unused path beside the database: `journal.db.damaged-2026-01-31T080000.000Z`. */
export function asideName(folder: string, why: "damaged" | "replaced", nowMs: number): string {
  return unusedName(join(folder, `${databaseName}.${why}-${fileTime(nowMs)}`));
}

/** An unused path beside the database for an invalid log: `journal.db-wal.invalid-...`. */
export function invalidLogName(folder: string, nowMs: number): string {
  return unusedName(join(folder, `${databaseName}-wal.invalid-${fileTime(nowMs)}`));
}

function fileTime(ms: number): string {
  return new Date(ms).toISOString().replaceAll(":", "");
}

function unusedName(path: string): string {
  for (let count = 1;; count++) {
    const name = count === 1 ? path : `${path}-${count}`;
    if (databaseSuffixes.every((suffix) => sizeOf(name + suffix) === undefined)) return name;
  }
}

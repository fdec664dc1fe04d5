import { join } from "node:path";
import { databaseName } from "./database_name.ts";
import { folderError } from "./folder_lock.ts";
import { sizeOf } from "./size_of.ts";

/** What SQLite keeps beside a database, and the database itself, last. */
export const databaseSuffixes = ["-wal", "-shm", "-journal", ""] as const;

/**
 * Renames the database with its log, so that nothing is lost and the two still belong together.
 *
 * @param nowMs wall clock, for the new name
 * @returns the new path
 * @throws {JournalError} `permission_denied` or `open_failed`
 */
export function setAside(folder: string, nowMs: number): string {
  const path = join(folder, databaseName);
  const movedTo = asideName(folder, "damaged", nowMs);
  try {
    for (const suffix of databaseSuffixes) {
      if (sizeOf(path + suffix) !== undefined) Deno.renameSync(path + suffix, movedTo + suffix);
    }
  } catch (error) {
    throw folderError(folder, error);
  }
  return movedTo;
}

/** A path beside the database that nothing has yet: `journal.db.damaged-2026-01-31T080000.000Z`. */
export function asideName(folder: string, why: "damaged" | "replaced", nowMs: number): string {
  const path = join(folder, `${databaseName}.${why}-${new Date(nowMs).toISOString().replaceAll(":", "")}`);
  for (let count = 1;; count++) {
    const name = count === 1 ? path : `${path}-${count}`;
    if (databaseSuffixes.every((suffix) => sizeOf(name + suffix) === undefined)) return name;
  }
}

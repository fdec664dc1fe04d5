import { dirname } from "node:path";
import { removeIfThere, sizeOf, syncFile } from "./files.ts";

/** A database and the files of SQLite beside it. */
export const databaseSuffixes = ["", "-wal", "-shm", "-journal"] as const;

/** End of the name of a database, or of a file beside it. */
export type DatabaseSuffix = typeof databaseSuffixes[number];

/**
 * Renames a database and the files beside it, so that they still belong together. The database is first: as long as it
 * is in its place, its log is there, too. Each new name is on the disk before the next file is renamed. A move that was
 * interrupted can be repeated with the same names: files that have their new name already stay.
 *
 * @param onMoved is called after each suffix, even if the file does not exist
 */
export function moveDatabase(path: string, movedTo: string, onMoved?: (suffix: DatabaseSuffix) => void): void {
  for (const suffix of databaseSuffixes) {
    if (sizeOf(path + suffix) !== undefined) {
      Deno.renameSync(path + suffix, movedTo + suffix);
      syncFile(dirname(path));
    }
    onMoved?.(suffix);
  }
}

/** Removes a database and the files beside it, as far as they exist. */
export function removeDatabase(path: string): void {
  for (const suffix of databaseSuffixes) removeIfThere(path + suffix);
}

/**
 * Renames a damaged database to `PATH.damaged`. An earlier one is replaced, because repeated damage must not fill the disk.
 *
 * @returns the new path
 */
export function moveDamagedDatabase(path: string): string {
  const movedTo = `${path}.damaged`;
  removeDatabase(movedTo);
  moveDatabase(path, movedTo);
  return movedTo;
}

import { join } from "node:path";
import { folderError } from "./folder_lock.ts";

/** Name of the database inside the state folder. */
export const databaseName = "journal.db";

/**
 * The files of a state folder that other users must not read: journal, spool and intervals, renamed copies of them, and
 * the lock.
 *
 * @throws {JournalError} `permission_denied` or `open_failed`
 */
export function storedFiles(folder: string): string[] {
  try {
    return [...Deno.readDirSync(folder)].filter(({ name, isDirectory }) => !isDirectory && isStored(name))
      .map(({ name }) => join(folder, name));
  } catch (error) {
    throw folderError(folder, error);
  }
}

function isStored(name: string): boolean {
  return name === "lock" || [databaseName, "spool.db", "intervals.db"].some((prefix) => name.startsWith(prefix));
}

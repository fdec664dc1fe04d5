import { join } from "node:path";
import { folderError } from "./folder_lock.ts";

/**
 * The files of a state folder that hold what others must not read: journal and spool, those that were kept aside, and the
 * lock.
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
  return name === "lock" || name.startsWith("journal.db") || name.startsWith("spool.db");
}

import { removeIfThere } from "../base/files.ts";
import { BadSpoolError } from "./spool_file.ts";

/** Whether the file itself cannot be used: SQLITE_CORRUPT (11), SQLITE_NOTADB (26), or a file of another program. */
export function isDamage(error: unknown): boolean {
  if (error instanceof BadSpoolError) return true;
  if (!(error instanceof Error) || !("errcode" in error) || typeof error.errcode !== "number") return false;
  return [11, 26].includes(error.errcode & 0xff);
}

/**
 * Renames a database together with its log. Replaces an earlier renamed database: repeated damage must not fill the
 * disk.
 *
 * @returns its new name
 */
export function moveAside(path: string): string {
  const movedTo = `${path}.damaged`;
  for (const suffix of ["-wal", "-shm", ""]) {
    try {
      Deno.renameSync(path + suffix, movedTo + suffix);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
      removeIfThere(movedTo + suffix);
    }
  }
  return movedTo;
}

import { sizeOf } from "../base/files.ts";
import { createPrivate } from "../base/private_files.ts";

/**
 * The note beside the database. It exists from a clean shutdown until the next start and identifies the database file.
 */
const noteOf = (path: string) => `${path}-clean`;

/** Records that a database was closed cleanly. Without the note, the next start checks the database more thoroughly. */
export function recordCleanShutdown(path: string): void {
  try {
    if ((sizeOf(`${path}-wal`) ?? 0) > 0) return;
    const note = fingerprintOf(path);
    createPrivate(noteOf(path));
    Deno.writeTextFileSync(noteOf(path), note);
  } catch {
    // A shutdown without a note counts as a crash
  }
}

/** Whether a database was closed cleanly and has not changed since. Removes the note: it is valid for one start. */
export function consumeCleanShutdown(path: string): boolean {
  if (sizeOf(noteOf(path)) === undefined) return false;
  const note = Deno.readTextFileSync(noteOf(path));
  Deno.removeSync(noteOf(path));
  return sizeOf(path) !== undefined && (sizeOf(`${path}-wal`) ?? 0) === 0 && note === fingerprintOf(path);
}

/** An earlier release writes no note but changes the modification time; a copy has another inode. */
function fingerprintOf(path: string): string {
  const { dev, ino, size, mtime } = Deno.statSync(path);
  return `${dev} ${ino} ${size} ${mtime?.getTime()}\n`;
}

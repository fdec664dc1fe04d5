import { createPrivate } from "../base/private_files.ts";
import { sizeOf } from "./size_of.ts";

/** Beside the database, from its clean end until the next start. It says which file it is about. */
const noteOf = (path: string) => `${path}-clean`;

/** Notes that a database was closed cleanly. If the note cannot be written, the next start checks more than it must. */
export function noteCleanEnd(path: string): void {
  try {
    if ((sizeOf(`${path}-wal`) ?? 0) > 0) return;
    const note = fingerprintOf(path);
    createPrivate(noteOf(path));
    Deno.writeTextFileSync(noteOf(path), note);
  } catch {
    // An end that is not noted counts as a crash
  }
}

/** Whether a database was closed cleanly and was not changed since. Removes the note, which is valid for one start. */
export function takeCleanEnd(path: string): boolean {
  if (sizeOf(noteOf(path)) === undefined) return false;
  const note = Deno.readTextFileSync(noteOf(path));
  Deno.removeSync(noteOf(path));
  return sizeOf(path) !== undefined && (sizeOf(`${path}-wal`) ?? 0) === 0 && note === fingerprintOf(path);
}

/** An earlier release, which leaves no note, changes the time; a copy is another file. */
function fingerprintOf(path: string): string {
  const { dev, ino, size, mtime } = Deno.statSync(path);
  return `${dev} ${ino} ${size} ${mtime?.getTime()}\n`;
}

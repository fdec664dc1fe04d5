import { DatabaseSync } from "node:sqlite";
import { folderError } from "./folder_lock.ts";
import { sizeOf } from "./size_of.ts";
import { isDamage, sqliteCodeOf, sqliteReadOnly } from "./sqlite_error.ts";

/** How thoroughly a database is checked: `quick` does not compare indexes with their tables. */
export type CheckDepth = "quick" | "whole";

/**
 * What is wrong with the database of a state folder, if anything. One that is not there is sound.
 *
 * @throws {JournalError} `permission_denied` or `open_failed`
 */
export function damageOf(folder: string, path: string, depth: CheckDepth): string | undefined {
  try {
    return missingDamage(path) ?? contentDamage(path, depth);
  } catch (error) {
    if (isDamage(error)) return error.message;
    throw folderError(folder, error);
  }
}

/** What SQLite would not notice: it deletes the log of a database that is missing or empty. */
export function missingDamage(path: string): string | undefined {
  const size = sizeOf(path);
  const logSize = sizeOf(`${path}-wal`) ?? 0;
  if (size === undefined && logSize > 0) return "the database is missing beside its log";
  if (size === 0 && logSize > 0) return "the database is empty beside its log";
  // A process that was killed while it created the database leaves its first journal behind
  return size === 0 && sizeOf(`${path}-journal`) === undefined ? "the database is empty" : undefined;
}

function contentDamage(path: string, depth: CheckDepth): string | undefined {
  if (sizeOf(path) === undefined) return undefined;
  // SQLite says only that it cannot open the file, the system says why
  using file = Deno.openSync(path, { read: true, write: true });
  if (statesUnknownFormat(file)) return "its header states an unknown format";
  try {
    return checkContent(path, depth, true);
  } catch (error) {
    if (sqliteCodeOf(error) !== sqliteReadOnly) throw error;
    return checkContent(path, depth, false);
  }
}

/** SQLite treats such a database as one of a later release of SQLite, and opens it for reading only, or not at all. */
function statesUnknownFormat(file: Deno.FsFile): boolean {
  const header = new Uint8Array(48);
  if (file.readSync(header) !== header.length) return false;
  const view = new DataView(header.buffer);
  return view.getUint8(18) > 2 || view.getUint8(19) > 2 || view.getUint32(44) > 4;
}

/** @param readOnly leaves a log that belongs to a damaged database as it is; what a crash left half done needs more */
function checkContent(path: string, depth: CheckDepth, readOnly: boolean): string | undefined {
  const db = new DatabaseSync(path, { readOnly });
  try {
    return findingsOf(db, depth);
  } finally {
    db.close();
  }
}

/** What SQLite finds wrong with an open database; undefined: nothing. */
export function findingsOf(db: DatabaseSync, depth: CheckDepth): string | undefined {
  const check = depth === "quick" ? "quick_check" : "integrity_check";
  const findings = db.prepare(`PRAGMA ${check}(3)`).all().map((row) => String(row[check]));
  return findings.length === 1 && findings[0] === "ok" ? undefined : findings.join("; ").replaceAll("\n", "; ");
}

import { DatabaseSync } from "node:sqlite";
import { sizeOf } from "../base/files.ts";
import { isDamage, sqliteCodeOf, sqliteReadOnly } from "../base/sqlite_error.ts";
import { folderError } from "./folder_lock.ts";

/** How thoroughly a database is checked: `quick` does not compare indexes with their tables. */
export type CheckDepth = "quick" | "whole";

/**
 * The damage of the database of a state folder; undefined: none. A missing database is not damaged.
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

/** Damage that SQLite does not detect: it deletes the log of a database that is missing or empty. */
export function missingDamage(path: string): string | undefined {
  const size = sizeOf(path);
  const logSize = sizeOf(`${path}-wal`) ?? 0;
  if (size === undefined && logSize > 0) return "the database is missing, but its write-ahead log exists";
  if (size === 0 && logSize > 0) return "the database is empty, but its write-ahead log is not";
  // A process of an earlier release that was killed while it created the database has left the rollback journal
  return size === 0 && sizeOf(`${path}-journal`) === undefined ? "the database is empty" : undefined;
}

function contentDamage(path: string, depth: CheckDepth): string | undefined {
  if (sizeOf(path) === undefined) return undefined;
  // SQLite reports only that it cannot open the file; the system reports the reason
  using file = Deno.openSync(path, { read: true, write: true });
  if (statesUnknownFormat(file)) return "its header names an unknown file format";
  try {
    return checkContent(path, depth, true);
  } catch (error) {
    if (sqliteCodeOf(error) !== sqliteReadOnly) throw error;
    return checkContent(path, depth, false);
  }
}

/** SQLite takes such a file for the database of a later SQLite release. It opens it read-only or not at all. */
function statesUnknownFormat(file: Deno.FsFile): boolean {
  const header = new Uint8Array(48);
  if (file.readSync(header) !== header.length) return false;
  const view = new DataView(header.buffer);
  return view.getUint8(18) > 2 || view.getUint8(19) > 2 || view.getUint32(44) > 4;
}

/** @param readOnly leaves the log of a damaged database unchanged; recovery after a crash needs write access */
function checkContent(path: string, depth: CheckDepth, readOnly: boolean): string | undefined {
  const db = new DatabaseSync(path, { readOnly });
  try {
    return findingsOf(db, depth);
  } finally {
    db.close();
  }
}

/** The damage that SQLite finds in an open database; undefined: none. */
export function findingsOf(db: DatabaseSync, depth: CheckDepth): string | undefined {
  const check = depth === "quick" ? "quick_check" : "integrity_check";
  const findings = db.prepare(`PRAGMA ${check}(3)`).all().map((row) => String(row[check]));
  return findings.length === 1 && findings[0] === "ok" ? undefined : findings.join("; ").replaceAll("\n", "; ");
}

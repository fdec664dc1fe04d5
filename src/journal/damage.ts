import { DatabaseSync } from "node:sqlite";
import { folderError } from "./folder_lock.ts";
import { sizeOf } from "./size_of.ts";

const sqliteReadOnly = 8;
const sqliteCorrupt = 11;
const sqliteNotADatabase = 26;

/**
 * What is wrong with the database of a state folder, if anything. One that is not there is sound.
 *
 * @throws {JournalError} `permission_denied` or `open_failed`
 */
export function damageOf(folder: string, path: string): string | undefined {
  try {
    return filesDamage(path) ?? contentDamage(path);
  } catch (error) {
    if (isDamage(error)) return error.message;
    throw folderError(folder, error);
  }
}

/** What SQLite would not notice: without a database it deletes the log, one that it cannot read it overwrites. */
function filesDamage(path: string): string | undefined {
  const size = sizeOf(path);
  const logSize = sizeOf(`${path}-wal`) ?? 0;
  if (size === undefined && logSize > 0) return "the database is missing beside its log";
  if (size === 0 && logSize > 0) return "the database is empty beside its log";
  // A process that was killed while it created the database leaves its first journal behind
  if (size === 0 && sizeOf(`${path}-journal`) === undefined) return "the database is empty";
  return logSize > 0 && !isLog(`${path}-wal`) ? "the log beside the database is none" : undefined;
}

function contentDamage(path: string): string | undefined {
  if (sizeOf(path) === undefined) return undefined;
  // SQLite says only that it cannot open the file, the system says why
  Deno.openSync(path, { read: true, write: true }).close();
  try {
    return checkContent(path, true);
  } catch (error) {
    if (errorCodeOf(error) !== sqliteReadOnly) throw error;
    return checkContent(path, false);
  }
}

/** @param readOnly leaves a log that belongs to a damaged database as it is; what a crash left half done needs more */
function checkContent(path: string, readOnly: boolean): string | undefined {
  const db = new DatabaseSync(path, { readOnly });
  try {
    const findings = db.prepare("PRAGMA integrity_check(3)").all().map((row) => String(row["integrity_check"]));
    return findings.length === 1 && findings[0] === "ok" ? undefined : findings.join("; ");
  } finally {
    db.close();
  }
}

/** Whether SQLite says that a file is damaged. */
function isDamage(error: unknown): error is Error {
  const code = errorCodeOf(error);
  return code === sqliteCorrupt || code === sqliteNotADatabase;
}

/** SQLite's primary error code. */
function errorCodeOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !("errcode" in error) || typeof error.errcode !== "number") return undefined;
  return error.errcode & 0xff;
}

/** Whether a file begins as SQLite's write-ahead logs do. */
function isLog(path: string): boolean {
  using file = Deno.openSync(path);
  const magic = new Uint8Array(4);
  return file.readSync(magic) === 4 && ["377f0682", "377f0683"].includes(magic.toHex());
}

import { DatabaseSync } from "node:sqlite";
import { join } from "node:path";
import { JournalError } from "./errors.ts";
import { folderError } from "./folder_lock.ts";
import { optionalInteger } from "./rows.ts";
import { salvage } from "./salvage.ts";
import { migrations } from "./schema.ts";

/** A journal that could not be trusted any more: it was kept under another name, and what was readable carried over. */
export interface DamagedJournal {
  /** Where the damaged database is now. */
  readonly movedTo: string;
  /** What SQLite said. */
  readonly problem: string;
  /** Records that were carried over into the new journal. */
  readonly savedRecords: number;
}

/** Name of the database inside the state folder. */
export const databaseName = "journal.db";

/** Whether a file of a state folder is a damaged journal that was moved aside; its log and index are not meant. */
export function isDamagedJournal(name: string): boolean {
  return name.startsWith(`${databaseName}.damaged-`) && !/-(wal|shm)$/.test(name);
}

/**
 * Opens the database of a state folder for writing, sound and with the newest schema.
 *
 * @param nowMs wall clock, for the name of a damaged file
 * @throws {JournalError} `permission_denied`, `open_failed` or `newer_schema`
 */
export function openDatabase(folder: string, nowMs: number): { db: DatabaseSync; damaged: DamagedJournal | undefined } {
  const path = join(folder, databaseName);
  const problem = damageOf(folder, path);
  if (problem === undefined) return { db: prepare(folder, path), damaged: undefined };
  const movedTo = setAside(folder, path, nowMs);
  const db = prepare(folder, path);
  return { db, damaged: { movedTo, problem, savedRecords: salvage(movedTo, db) } };
}

/** What SQLite finds wrong with the file, if anything. A file that is not there is sound. */
function damageOf(folder: string, path: string): string | undefined {
  let db: DatabaseSync | undefined;
  try {
    // SQLite says only that it cannot open the file, the system says why
    Deno.openSync(path, { read: true, write: true, create: true }).close();
    db = new DatabaseSync(path);
    const findings = db.prepare("PRAGMA integrity_check(3)").all().map((row) => String(row["integrity_check"]));
    return findings.length === 1 && findings[0] === "ok" ? undefined : findings.join("; ");
  } catch (error) {
    if (isDamage(error)) return error.message;
    throw folderError(folder, error);
  } finally {
    if (db?.isOpen) db.close();
  }
}

/** SQLITE_CORRUPT (11) and SQLITE_NOTADB (26), extended codes included. */
function isDamage(error: unknown): error is Error {
  if (!(error instanceof Error) || !("errcode" in error) || typeof error.errcode !== "number") return false;
  return [11, 26].includes(error.errcode & 0xff);
}

/** Renames the database with its log, so that nothing is lost and the two still belong together. */
function setAside(folder: string, path: string, nowMs: number): string {
  const movedTo = `${path}.damaged-${new Date(nowMs).toISOString().replaceAll(":", "")}`;
  try {
    for (const suffix of ["-wal", "-shm", ""]) {
      try {
        Deno.renameSync(path + suffix, movedTo + suffix);
      } catch (error) {
        if (!(error instanceof Deno.errors.NotFound)) throw error;
      }
    }
  } catch (error) {
    throw folderError(folder, error);
  }
  return movedTo;
}

function prepare(folder: string, path: string): DatabaseSync {
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(path);
    db.exec("PRAGMA busy_timeout = 1000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
    migrate(db, path);
    return db;
  } catch (error) {
    if (db?.isOpen) db.close();
    throw error instanceof JournalError ? error : folderError(folder, error);
  }
}

function migrate(db: DatabaseSync, path: string): void {
  const version = optionalInteger(db.prepare("PRAGMA user_version").get() ?? {}, "user_version") ?? 0;
  if (version > migrations.length) {
    throw new JournalError(
      "newer_schema",
      `Cannot use ${path}: its schema is version ${version}, this release knows ${migrations.length}; use the release that wrote it or a later one`,
    );
  }
  for (const [index, script] of migrations.entries()) {
    if (index < version) continue;
    db.exec(`BEGIN IMMEDIATE; ${script}; PRAGMA user_version = ${index + 1}; COMMIT`);
  }
}

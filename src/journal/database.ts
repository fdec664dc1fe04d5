import { DatabaseSync } from "node:sqlite";
import { join } from "node:path";
import { damageOf } from "./damage.ts";
import { databaseName } from "./database_name.ts";
import { JournalError } from "./errors.ts";
import { folderError } from "./folder_lock.ts";
import { salvage } from "./salvage.ts";
import { migrations } from "./schema.ts";
import { newerSchema, schemaVersion } from "./schema_version.ts";
import { setAside } from "./set_aside.ts";

/** A journal that could not be trusted any more: it was kept under another name, and what was readable carried over. */
export interface DamagedJournal {
  /** Where the damaged database is now. */
  readonly movedTo: string;
  /** What SQLite said. */
  readonly problem: string;
  /** Records that were carried over into the new journal. */
  readonly savedRecords: number;
}

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
  const movedTo = setAside(folder, nowMs);
  const db = prepare(folder, path);
  return { db, damaged: { movedTo, problem, savedRecords: salvage(movedTo, path, db) } };
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
  const version = schemaVersion(db);
  if (version > migrations.length) throw newerSchema(path, version);
  for (const [index, script] of migrations.entries()) {
    if (index < version) continue;
    db.exec(`BEGIN IMMEDIATE; ${script}; PRAGMA user_version = ${index + 1}; COMMIT`);
  }
}

import { DatabaseSync } from "node:sqlite";
import { join } from "node:path";
import { sizeOf, syncFile } from "../base/files.ts";
import { makePrivate } from "../base/private_files.ts";
import { databaseSuffixes } from "../base/sqlite_files.ts";
import { consumeCleanShutdown } from "./clean_shutdown.ts";
import { damageOf, missingDamage } from "./damage.ts";
import { JournalError } from "./errors.ts";
import type { JournalFailpoint } from "./failpoints.ts";
import { folderError } from "./folder_lock.ts";
import { hasLogHeader } from "./log_header.ts";
import { migrateSchema } from "./migrate_schema.ts";
import { fileId, OpenFiles } from "./open_files.ts";
import { createDatabase } from "./new_database.ts";
import { type DamagedJournal, finishRebuild, rebuild, rebuildInterrupted } from "./rebuild.ts";
import { invalidLogName } from "./set_aside.ts";
import { databaseName, storedFiles } from "./stored_files.ts";

/** A database that is open for writing, and the problems that were found when it was opened. */
export interface OpenedDatabase {
  readonly db: DatabaseSync;
  readonly files: OpenFiles;
  /** Set if the database was damaged and was replaced. */
  readonly damaged: DamagedJournal | undefined;
  /** New path of a write-ahead log with an invalid header; SQLite would have overwritten it. */
  readonly invalidLog: string | undefined;
}

/**
 * Opens the database of a state folder for writing. Repairs it and migrates it to the newest schema if necessary.
 *
 * @param nowMs wall clock, for the new name of a damaged file
 * @throws {JournalError} `permission_denied`, `open_failed` or `newer_schema`
 */
export function openDatabase(folder: string, nowMs: number, failpoint: JournalFailpoint | undefined): OpenedDatabase {
  const path = join(folder, databaseName);
  for (const file of storedFiles(folder)) makePrivate(file);
  const finished = finishRebuild(folder);
  const invalidLog = keepInvalidLog(folder, path, nowMs);
  const problem = damageOf(folder, path, endedCleanly(folder, path) ? "quick" : "whole");
  const damaged = problem === undefined
    ? finished ?? rebuildInterrupted(folder, nowMs, failpoint)
    : rebuild(folder, problem, nowMs, failpoint);
  return { ...prepare(folder, path), damaged, invalidLog };
}

function endedCleanly(folder: string, path: string): boolean {
  try {
    return consumeCleanShutdown(path);
  } catch (error) {
    throw folderError(folder, error);
  }
}

/** SQLite ignores a log with an invalid header and overwrites it; the database contains nothing of it. */
function keepInvalidLog(folder: string, path: string, nowMs: number): string | undefined {
  const log = `${path}-wal`;
  try {
    if ((sizeOf(log) ?? 0) === 0 || missingDamage(path) !== undefined || hasLogHeader(log)) return undefined;
    const movedTo = invalidLogName(folder, nowMs);
    Deno.renameSync(log, movedTo);
    syncFile(folder);
    return movedTo;
  } catch (error) {
    throw folderError(folder, error);
  }
}

function prepare(folder: string, path: string): Pick<OpenedDatabase, "db" | "files"> {
  let db: DatabaseSync | undefined;
  try {
    // The identity is taken before SQLite opens the file: afterwards its name may already be removed
    const databaseId = fileId(path) ?? createDatabase(path);
    db = new DatabaseSync(path);
    db.exec("PRAGMA busy_timeout = 1000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
    // Removed rows identify customers: their bytes must not stay in the free pages of the file
    db.exec("PRAGMA secure_delete = ON");
    // SQLite creates the database and the files beside it with the default mode of the process
    for (const suffix of databaseSuffixes) makePrivate(path + suffix);
    migrateSchema(db, path);
    const hasLog = db.prepare("PRAGMA journal_mode").get()?.["journal_mode"] === "wal";
    return { db, files: new OpenFiles(path, { databaseId, hasLog }) };
  } catch (error) {
    if (db?.isOpen) db.close();
    throw error instanceof JournalError ? error : folderError(folder, error);
  }
}

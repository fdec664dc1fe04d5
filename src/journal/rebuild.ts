import { DatabaseSync } from "node:sqlite";
import { join } from "node:path";
import { sizeOf, syncFile } from "../base/files.ts";
import { errorText } from "../base/log.ts";
import { moveDatabase, removeDatabase } from "../base/sqlite_files.ts";
import { findingsOf } from "./damage.ts";
import { JournalError } from "./errors.ts";
import type { JournalFailpoint } from "./failpoints.ts";
import { folderError } from "./folder_lock.ts";
import { newDatabase } from "./new_database.ts";
import { optionalInteger, optionalText } from "./row_values.ts";
import { salvage } from "./salvage.ts";
import { asideName } from "./set_aside.ts";
import { databaseName } from "./stored_files.ts";

/** A damaged journal: it was renamed, and its readable data was copied to a new journal. */
export interface DamagedJournal {
  /** New path of the damaged database. */
  readonly movedTo: string;
  /** The damage. */
  readonly problem: string;
  /** Number of records that were copied to the new journal. */
  readonly savedRecords: number;
}

/** Whether a file of a state folder is a renamed damaged journal; false for its log and index. */
export function isDamagedJournal(name: string): boolean {
  return name.startsWith(`${databaseName}.damaged-`) && !/-(wal|shm|journal)$/.test(name);
}

/**
 * Replaces a damaged database by a new one with the readable data. The new database is built as `journal.db.new` and
 * renamed last. If the process ends at any point, either the damaged files are unchanged, or the new database is
 * complete and `finishRebuild` renames it.
 *
 * @throws {JournalError} `permission_denied` or `open_failed`: the damaged database is unchanged
 */
export function rebuild(
  folder: string,
  problem: string,
  nowMs: number,
  failpoint: JournalFailpoint | undefined,
): DamagedJournal {
  const movedTo = asideName(folder, "damaged", nowMs);
  const damaged = build(folder, join(folder, databaseName), { movedTo, problem, nowMs }, failpoint);
  return putInPlace(folder, damaged, failpoint);
}

/**
 * Repeats a rebuild that an earlier release did not complete: that release has left an empty journal beside the damaged
 * one.
 *
 * @returns the damaged journal; undefined: no rebuild was interrupted
 * @throws {JournalError} as `rebuild`
 */
export function rebuildInterrupted(
  folder: string,
  nowMs: number,
  failpoint: JournalFailpoint | undefined,
): DamagedJournal | undefined {
  const name = [...Deno.readDirSync(folder)].map((entry) => entry.name).filter(isDamagedJournal).sort().at(-1);
  const path = join(folder, databaseName);
  if (name === undefined || sizeOf(path) === undefined || !isUnused(path)) return undefined;
  const movedTo = join(folder, name);
  const problem = "an earlier start was interrupted while it copied the readable data";
  const damaged = build(folder, movedTo, { movedTo, problem, nowMs }, failpoint);
  emptyLog(path);
  return rename(folder, damaged, failpoint);
}

/**
 * Completes a rebuild that was interrupted. If the damaged database was already renamed, the complete new database is
 * renamed, too. If the damaged database is still in its place, the new one is discarded and built again.
 *
 * @returns the damaged journal; undefined: no rebuild was interrupted
 * @throws {JournalError} `permission_denied` or `open_failed`
 */
export function finishRebuild(folder: string): DamagedJournal | undefined {
  const path = join(folder, databaseName);
  try {
    removeDatabase(`${path}.salvage`);
    if (sizeOf(`${path}.new`) === undefined) return undefined;
    const damaged = sizeOf(path) === undefined ? markOf(`${path}.new`) : undefined;
    if (damaged?.movedTo === "") return putCopyInPlace(folder, path);
    if (damaged !== undefined) return putInPlace(folder, damaged, undefined);
    removeDatabase(`${path}.new`);
    return undefined;
  } catch (error) {
    throw folderError(folder, error);
  }
}

/**
 * Renames the copy of a database whose file was removed. A log that is left belongs to the removed file and is older.
 */
function putCopyInPlace(folder: string, path: string): undefined {
  removeDatabase(path);
  Deno.renameSync(`${path}.new`, path);
  syncFile(folder);
}

function build(
  folder: string,
  source: string,
  { movedTo, problem, nowMs }: { readonly movedTo: string; readonly problem: string; readonly nowMs: number },
  failpoint: JournalFailpoint | undefined,
): DamagedJournal {
  const path = join(folder, databaseName);
  const fresh = `${path}.new`;
  let db: DatabaseSync | undefined;
  try {
    db = newDatabase(fresh);
    db.exec("BEGIN IMMEDIATE");
    const savedRecords = salvage(source, db, fresh, `${path}.salvage`);
    db.prepare("INSERT INTO rebuilds (moved_to, problem, records, at) VALUES (?, ?, ?, ?)")
      .run(movedTo, problem, savedRecords, nowMs);
    failpoint?.("journal.rebuild_before_commit", fresh);
    db.exec("COMMIT");
    db.close();
    syncFile(fresh);
    syncFile(folder);
    failpoint?.("journal.rebuild_whole", fresh);
    return { movedTo, problem, savedRecords };
  } catch (error) {
    if (db?.isOpen) db.close();
    removeDatabase(fresh);
    const { code } = folderError(folder, error);
    const remedy = code === "permission_denied"
      ? `make ${folder} writable for this user`
      : `free about ${needMb(source)} MB in ${folder}`;
    throw new JournalError(
      code,
      `Cannot copy the readable data of the damaged journal ${source} (${problem}): ${
        errorText(error)
      }; the damaged journal is ` +
        `unchanged; ${remedy} and start again`,
      { cause: error },
    );
  }
}

/** Room for a copy to read from and for the new database, which is not larger. */
function needMb(source: string): number {
  const bytes = (sizeOf(source) ?? 0) + (sizeOf(`${source}-wal`) ?? 0);
  return Math.ceil(2 * bytes / 1_000_000) + 1;
}

/** Renames the damaged files, the database first: while the database is in its place, its log is, too. */
function putInPlace(
  folder: string,
  damaged: DamagedJournal,
  failpoint: JournalFailpoint | undefined,
): DamagedJournal {
  try {
    const path = join(folder, databaseName);
    moveDatabase(path, damaged.movedTo, (suffix) => failpoint?.("journal.rebuild_moved", suffix));
  } catch (error) {
    throw folderError(folder, error);
  }
  return rename(folder, damaged, failpoint);
}

function rename(folder: string, damaged: DamagedJournal, failpoint: JournalFailpoint | undefined): DamagedJournal {
  const path = join(folder, databaseName);
  try {
    Deno.renameSync(`${path}.new`, path);
    syncFile(folder);
    failpoint?.("journal.rebuild_in_place", path);
    return damaged;
  } catch (error) {
    throw folderError(folder, error);
  }
}

/** The source that a new database names; undefined: the new database is incomplete. */
function markOf(path: string): DamagedJournal | undefined {
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(path);
    if (findingsOf(db, "quick") !== undefined) return undefined;
    const row = db.prepare("SELECT * FROM rebuilds ORDER BY rowid DESC LIMIT 1").get();
    if (row === undefined) return undefined;
    return {
      movedTo: optionalText(row, "moved_to") ?? "",
      problem: optionalText(row, "problem") ?? "",
      savedRecords: optionalInteger(row, "records") ?? 0,
    };
  } catch {
    return undefined;
  } finally {
    if (db?.isOpen) db.close();
  }
}

/** Whether nothing was ever written to a journal, not even by a rebuild. */
function isUnused(path: string): boolean {
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(path, { readOnly: true });
    const tables = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all().map((row) => row["name"]);
    return tables.every((name) => db?.prepare(`SELECT 1 FROM ${name} LIMIT 1`).get() === undefined);
  } catch {
    return false;
  } finally {
    if (db?.isOpen) db.close();
  }
}

/** Empties the log of the database that is replaced: SQLite would use it for the new database. */
function emptyLog(path: string): void {
  const db = new DatabaseSync(path);
  db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  db.close();
  if ((sizeOf(`${path}-wal`) ?? 0) === 0) return;
  throw new JournalError(
    "locked",
    `Cannot replace ${path}: another process reads it; wait until that process has ended`,
  );
}

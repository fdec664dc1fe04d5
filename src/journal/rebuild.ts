import { DatabaseSync } from "node:sqlite";
import { join } from "node:path";
import { errorText } from "../base/log.ts";
import { createPrivate } from "../base/private_files.ts";
import { findingsOf } from "./damage.ts";
import { databaseName } from "./database_name.ts";
import { JournalError } from "./errors.ts";
import type { JournalFailpoint } from "./failpoints.ts";
import { folderError } from "./folder_lock.ts";
import { bringUpToDate } from "./migrate.ts";
import { optionalInteger, optionalText } from "./row_values.ts";
import { removeDatabase, salvage } from "./salvage.ts";
import { asideName, databaseSuffixes, moveFile } from "./set_aside.ts";
import { sizeOf } from "./size_of.ts";
import { syncFile } from "./sync_file.ts";

/** A journal that could not be trusted any more: it was kept under another name, and what was readable carried over. */
export interface DamagedJournal {
  /** Where the damaged database is now. */
  readonly movedTo: string;
  /** The damage that was found. */
  readonly problem: string;
  /** Records that were carried over into the new journal. */
  readonly savedRecords: number;
}

/** Whether a file of a state folder is a damaged journal that was moved aside; its log and index are not meant. */
export function isDamagedJournal(name: string): boolean {
  return name.startsWith(`${databaseName}.damaged-`) && !/-(wal|shm|journal)$/.test(name);
}

/**
 * Replaces a damaged database by a new one with what is readable. The new one is built beside it, as `journal.db.new`,
 * and renamed last: a process that ends at any point leaves either the damaged files as they were, or the whole new
 * database, which `finishRebuild` puts in place.
 *
 * @throws {JournalError} `permission_denied` or `open_failed`: the damaged database is still in its place
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
 * Salvages once more where an earlier release was interrupted at it: it has left an empty journal beside the damaged one.
 *
 * @returns what came of it; undefined where there is no such thing
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
  const problem = "an earlier start was interrupted while it carried over what is readable";
  const damaged = build(folder, movedTo, { movedTo, problem, nowMs }, failpoint);
  emptyLog(path);
  return rename(folder, damaged, failpoint);
}

/**
 * Ends what an interrupted start has begun: a whole new database takes the place of a damaged one that has left it. Where
 * the damaged one is still there, the new one is built again.
 *
 * @returns what was damaged; undefined where nothing was interrupted
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

/** A copy of a database whose file had been removed; a log beside it is of that one, and older. */
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
    removeDatabase(fresh);
    createPrivate(fresh);
    db = new DatabaseSync(fresh);
    db.exec("PRAGMA synchronous = FULL");
    bringUpToDate(db, fresh);
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
      `Cannot carry over what is readable of the damaged journal ${source} (${problem}): ${
        errorText(error)
      }; it stays ` +
        `as it is; ${remedy} and start again`,
      { cause: error },
    );
  }
}

/** A copy to read from, and the new database, which is no larger. */
function needMb(source: string): number {
  const bytes = (sizeOf(source) ?? 0) + (sizeOf(`${source}-wal`) ?? 0);
  return Math.ceil(2 * bytes / 1_000_000) + 1;
}

/** Moves the damaged files away, the database first: as long as it is there, its log is there, too. */
function putInPlace(
  folder: string,
  damaged: DamagedJournal,
  failpoint: JournalFailpoint | undefined,
): DamagedJournal {
  try {
    for (const suffix of databaseSuffixes) {
      moveFile(folder, suffix, damaged.movedTo);
      failpoint?.("journal.rebuild_moved", suffix);
    }
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

/** What a new database says that it was built from; undefined: it is not whole. */
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

/** Whether nothing was ever written to a journal, not even by a salvage. */
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

/** The log of the database that is replaced would be taken for that of the new one. */
function emptyLog(path: string): void {
  const db = new DatabaseSync(path);
  db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  db.close();
  if ((sizeOf(`${path}-wal`) ?? 0) === 0) return;
  throw new JournalError("locked", `Cannot replace ${path}: another process reads it; wait until that has ended`);
}

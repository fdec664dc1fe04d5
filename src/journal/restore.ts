import { DatabaseSync } from "node:sqlite";
import { join } from "node:path";
import { sizeOf, syncFile } from "../base/files.ts";
import { copyDatabase, countRecords, type JournalCopy } from "./backup.ts";
import { damageOf } from "./damage.ts";
import { JournalError } from "./errors.ts";
import { folderError, FolderLock } from "./folder_lock.ts";
import { findNewerData, type NewerData } from "./newer_data.ts";
import { migrations } from "./schema.ts";
import { newerSchema, schemaVersion } from "./schema_version.ts";
import { asideName, setAside } from "./set_aside.ts";
import { databaseName } from "./stored_files.ts";

/** Result of a restore. */
export interface RestoredJournal extends JournalCopy {
  /** New path of the journal that was replaced; undefined: there was none. */
  readonly replaced: string | undefined;
  /** Data that only the replaced journal contains; undefined: it could not be read. */
  readonly left: NewerData | undefined;
}

/**
 * Replaces the journal of a state folder by a backup. The backup is checked first. The present journal is renamed,
 * never deleted, and not merged. The present journal stays valid until the backup is complete, on the disk and in its
 * place.
 *
 * @param options `force`: replaces a journal that contains newer data or cannot be read; `now`: wall clock in
 * milliseconds
 * @throws {JournalError} `locked` while a service runs, `unusable_backup`, `newer_schema`, `newer_records`,
 * `permission_denied` or `open_failed`
 */
export function restoreJournal(
  stateDir: string,
  file: string,
  options: { readonly force: boolean; readonly now: () => number },
): RestoredJournal {
  checkBackup(file);
  const lock = FolderLock.take(stateDir);
  const path = join(stateDir, databaseName);
  const incoming = `${path}.restoring`;
  try {
    copyDatabase(file, incoming);
    const problem = damageOf(stateDir, path, "whole");
    const left = problem === undefined ? findNewerData(path, incoming) : undefined;
    if (!options.force) requireNothingNewer(path, file, left, problem);
    const replaced = problem === undefined
      ? keepCopy(stateDir, path, options.now())
      : setAside(stateDir, options.now());
    Deno.renameSync(incoming, path);
    syncFile(stateDir);
    return { ...countRecords(path), replaced, left };
  } catch (error) {
    throw error instanceof JournalError ? error : folderError(stateDir, error);
  } finally {
    if (sizeOf(incoming) !== undefined) Deno.removeSync(incoming);
    lock.release();
  }
}

function checkBackup(file: string): void {
  let db: DatabaseSync | undefined;
  try {
    Deno.openSync(file).close();
    db = new DatabaseSync(file, { readOnly: true });
    const findings = db.prepare("PRAGMA integrity_check(3)").all().map((row) => String(row["integrity_check"]));
    if (findings.join() !== "ok") throw new SyntaxError(findings.join("; "));
    const version = schemaVersion(db);
    if (version > migrations.length) throw newerSchema(file, version);
    if (version === 0) throw new SyntaxError("it contains no journal");
    countRecords(file);
  } catch (error) {
    if (error instanceof JournalError) throw error;
    const message = `Cannot restore ${file}: it is not an intact backup of a journal`;
    throw new JournalError("unusable_backup", message, { cause: error });
  } finally {
    if (db?.isOpen) db.close();
  }
}

function requireNothingNewer(
  path: string,
  file: string,
  left: NewerData | undefined,
  problem: string | undefined,
): void {
  if (left === undefined) {
    throw new JournalError(
      "newer_records",
      `Cannot restore ${file}: ${path} is damaged (${problem}), so it is unknown whether it contains newer data; start ` +
        "the service, which copies the readable data to a new journal, or use --force, which renames the damaged journal",
    );
  }
  if (left.records === 0 && left.transactions === 0) return;
  throw new JournalError(
    "newer_records",
    `Cannot restore ${file}: ${path} contains data that the backup does not (records: ${left.records}, of them ` +
      `undelivered: ${left.undelivered}, changed transactions: ${left.transactions}); export the records, or use ` +
      "--force, which renames the present journal and merges nothing",
  );
}

/**
 * Copies the journal and removes its empty log, so that one rename can put the backup in its place.
 *
 * @returns path of the copy; undefined: there is no journal
 */
function keepCopy(folder: string, path: string, nowMs: number): string | undefined {
  if (sizeOf(path) === undefined) return undefined;
  const db = new DatabaseSync(path);
  db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  db.close();
  // SQLite would use a log that is left for the backup
  if ((sizeOf(`${path}-wal`) ?? 0) > 0) {
    throw new JournalError(
      "locked",
      `Cannot replace ${path}: another process reads it; wait until that process has ended`,
    );
  }
  const aside = asideName(folder, "replaced", nowMs);
  copyDatabase(path, aside);
  for (const suffix of ["-wal", "-shm"]) {
    if (sizeOf(path + suffix) !== undefined) Deno.renameSync(path + suffix, aside + suffix);
  }
  return aside;
}

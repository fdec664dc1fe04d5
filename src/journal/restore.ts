import { DatabaseSync } from "node:sqlite";
import { join } from "node:path";
import { copyDatabase, countRecords, type JournalCopy } from "./backup.ts";
import { damageOf } from "./damage.ts";
import { databaseName } from "./database_name.ts";
import { JournalError } from "./errors.ts";
import { folderError, FolderLock } from "./folder_lock.ts";
import { newerIn, type NewerThings } from "./newer_things.ts";
import { migrations } from "./schema.ts";
import { newerSchema, schemaVersion } from "./schema_version.ts";
import { asideName, setAside } from "./set_aside.ts";
import { sizeOf } from "./size_of.ts";
import { syncFile } from "./sync_file.ts";

/** What came of a restore. */
export interface RestoredJournal extends JournalCopy {
  /** Where the journal that was there is now; absent when there was none. */
  readonly replaced: string | undefined;
  /** What only the replaced journal holds; undefined when it could not be read. */
  readonly left: NewerThings | undefined;
}

/**
 * Puts a backup in the place of a state folder's journal. The backup is checked first; the journal that is there is
 * kept under another name, never deleted, and nothing of it is merged. Until the backup is in its place, whole and on
 * the disk, the old journal stays the valid one.
 *
 * @param options `force`: also when the journal holds what the backup lacks, or cannot be read; `now`: wall clock in
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
    const left = problem === undefined ? newerIn(path, incoming) : undefined;
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
    if (version === 0) throw new SyntaxError("it holds no journal");
    countRecords(file);
  } catch (error) {
    if (error instanceof JournalError) throw error;
    const message = `Cannot restore ${file}: it is no sound backup of a journal`;
    throw new JournalError("unusable_backup", message, { cause: error });
  } finally {
    if (db?.isOpen) db.close();
  }
}

function requireNothingNewer(
  path: string,
  file: string,
  left: NewerThings | undefined,
  problem: string | undefined,
): void {
  if (left === undefined) {
    throw new JournalError(
      "newer_records",
      `Cannot restore ${file}: ${path} is damaged (${problem}), and what it holds beyond the backup cannot be told; ` +
        "start the service, which carries over what is readable, or use --force, which keeps the damaged file aside",
    );
  }
  if (left.records === 0 && left.transactions === 0) return;
  throw new JournalError(
    "newer_records",
    `Cannot restore ${file}: it lacks what ${path} holds (records: ${left.records}, of them undelivered: ` +
      `${left.undelivered}, changed transactions: ${left.transactions}); export the records, or use --force, which ` +
      "keeps the present journal aside and merges nothing",
  );
}

/**
 * Copies the journal and takes its empty log away, so that the backup can take its place in one step.
 *
 * @returns where the copy is; undefined when there is no journal
 */
function keepCopy(folder: string, path: string, nowMs: number): string | undefined {
  if (sizeOf(path) === undefined) return undefined;
  const db = new DatabaseSync(path);
  db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  db.close();
  // A log that outlives its database would be taken for that of the backup
  if ((sizeOf(`${path}-wal`) ?? 0) > 0) {
    throw new JournalError("locked", `Cannot replace ${path}: another process reads it; wait until that has ended`);
  }
  const aside = asideName(folder, "replaced", nowMs);
  copyDatabase(path, aside);
  for (const suffix of ["-wal", "-shm"]) {
    if (sizeOf(path + suffix) !== undefined) Deno.renameSync(path + suffix, aside + suffix);
  }
  return aside;
}

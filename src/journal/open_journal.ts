import { DatabaseSync } from "node:sqlite";
import { dirname, join } from "node:path";
import { JournalError } from "./errors.ts";
import { openDatabase } from "./database.ts";
import type { JournalFailpoint } from "./failpoints.ts";
import { folderError, FolderLock } from "./folder_lock.ts";
import { Journal } from "./journal.ts";
import { JournalReader } from "./reader.ts";
import { migrations } from "./schema.ts";
import { newerSchema, schemaVersion } from "./schema_version.ts";
import { databaseName } from "./stored_files.ts";

/**
 * Opens the journal of a state folder. Creates the folder if it is missing. A damaged database is renamed, never
 * deleted: see `damaged` of the journal.
 *
 * @param options `now`: wall clock in milliseconds; `failpoint`: called at each step of each write, so that a test can
 * end the process there
 * @throws {JournalError} `locked`, `permission_denied`, `newer_schema` or `open_failed`
 */
export function openJournal(
  stateDir: string,
  options: { readonly now: () => number; readonly failpoint?: JournalFailpoint | undefined },
): Journal {
  const lock = FolderLock.take(stateDir);
  try {
    const { db, ...found } = openDatabase(stateDir, options.now(), options.failpoint);
    const { now, failpoint } = options;
    return new Journal(db, join(stateDir, databaseName), { lock, ...found, now, failpoint });
  } catch (error) {
    lock.release();
    throw error;
  }
}

/**
 * Opens the journal of a state folder read-only. A service may use it at the same time.
 *
 * @throws {JournalError} `not_found`, `permission_denied`, `newer_schema`, `older_schema` or `open_failed`
 */
export function openJournalReader(stateDir: string): JournalReader {
  const path = join(stateDir, databaseName);
  return new JournalReader(openForReading(path), path);
}

/**
 * Opens the database at `path` read-only.
 *
 * @throws {JournalError} `not_found`, `permission_denied`, `newer_schema`, `older_schema` or `open_failed`
 */
export function openForReading(path: string): DatabaseSync {
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(path, { readOnly: true });
    requireSchema(db, path);
    return db;
  } catch (error) {
    if (error instanceof JournalError || db !== undefined) {
      if (db?.isOpen) db.close();
      throw error instanceof JournalError ? error : folderError(dirname(path), error);
    }
    throw reasonOf(path, error);
  }
}

/**
 * Why SQLite cannot open a file: it reports only that it cannot, the system reports the reason. Not for a file that SQLite
 * has open: the close releases its locks, because POSIX locks belong to the process and its file.
 */
function reasonOf(path: string, error: unknown): JournalError {
  try {
    Deno.openSync(path).close();
    return folderError(dirname(path), error);
  } catch (reason) {
    if (!(reason instanceof Deno.errors.NotFound)) return folderError(dirname(path), reason);
    return new JournalError("not_found", `Cannot read the journal: ${path} does not exist`);
  }
}

/** A database that is opened read-only cannot be migrated. */
function requireSchema(db: DatabaseSync, path: string): void {
  const version = schemaVersion(db);
  if (version > migrations.length) throw newerSchema(path, version);
  if (version === migrations.length) return;
  throw new JournalError(
    "older_schema",
    `Cannot read ${path}: its schema is version ${version}, this release reads version ${migrations.length}; start the service once to migrate it`,
  );
}

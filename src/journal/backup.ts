import { DatabaseSync } from "node:sqlite";
import { dirname, join, resolve } from "node:path";
import { sizeOf, syncFile } from "../base/files.ts";
import { copyOpen } from "./copy_open.ts";
import { JournalError } from "./errors.ts";
import { openJournalReader } from "./open_journal.ts";
import { optionalInteger } from "./row_values.ts";
import { databaseName } from "./stored_files.ts";

/** Contents of a copy of a journal. */
export interface JournalCopy {
  /** Number of records. */
  readonly records: number;
  /** Number of records that are not delivered yet. */
  readonly undelivered: number;
}

/**
 * Copies the journal of a state folder to a file. The copy is a consistent snapshot, even while a service writes to the
 * journal. The file appears under its name only when it is complete, and it is on the disk when this returns.
 *
 * @param options `force`: replaces a file that exists
 * @throws {JournalError} `exists`, `write_failed`, or what `openJournalReader` throws
 */
export function backupJournal(stateDir: string, file: string, options: { readonly force: boolean }): JournalCopy {
  openJournalReader(stateDir).close();
  const journal = join(stateDir, databaseName);
  if (isSame(journal, file)) {
    throw new JournalError("exists", `Cannot write a backup to ${file}: it is the journal itself`);
  }
  if (sizeOf(file) !== undefined && !options.force) {
    throw new JournalError(
      "exists",
      `Cannot write a backup to ${file}: the file exists; use --force to replace it`,
    );
  }
  const partial = `${resolve(file)}.partial`;
  try {
    copyDatabase(journal, partial);
    Deno.renameSync(partial, file);
    syncFile(dirname(resolve(file)));
    return countRecords(file);
  } catch (error) {
    if (sizeOf(partial) !== undefined) Deno.removeSync(partial);
    throw new JournalError("write_failed", `Cannot write a backup of ${journal} to ${file}`, { cause: error });
  }
}

/** Copies a database, including its write-ahead log, into one file. The file is on the disk when this returns. */
export function copyDatabase(from: string, to: string): void {
  const db = new DatabaseSync(from, { readOnly: true });
  try {
    copyOpen(db, to);
  } finally {
    db.close();
  }
}

/** Counts the records in a database. */
export function countRecords(path: string): JournalCopy {
  const db = new DatabaseSync(path, { readOnly: true });
  try {
    const sql = "SELECT count(*) AS records, count(*) FILTER (WHERE delivered_at IS NULL) AS undelivered FROM records";
    const row = db.prepare(sql).get() ?? {};
    return {
      records: optionalInteger(row, "records") ?? 0,
      undelivered: optionalInteger(row, "undelivered") ?? 0,
    };
  } finally {
    db.close();
  }
}

function isSame(one: string, other: string): boolean {
  return sizeOf(other) !== undefined && Deno.realPathSync(one) === Deno.realPathSync(other);
}

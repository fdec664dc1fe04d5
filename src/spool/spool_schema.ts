import type { DatabaseSync } from "node:sqlite";
import { DamageError } from "../base/sqlite_error.ts";
import { pragmaNumber, runSql } from "../base/sqlite_steps.ts";

/**
 * Creates the tables of a spool, or adds what a file of an earlier release does not have.
 *
 * @returns whether the file was empty
 * @throws {DamageError} the file has another schema
 */
export function prepareSpool(db: DatabaseSync): boolean {
  const version = pragmaNumber(db, "user_version");
  if (version === 0) create(db);
  else if (version !== schemaVersion) throw new DamageError(`its schema is version ${version}`);
  addClock(db);
  addIndex(db);
  return version === 0;
}

function create(db: DatabaseSync): void {
  db.exec(`
    BEGIN IMMEDIATE;
    CREATE TABLE readings (
      seq INTEGER PRIMARY KEY,
      taken_at INTEGER NOT NULL,
      meter TEXT NOT NULL,
      message_id TEXT NOT NULL,
      payload TEXT NOT NULL
    ) STRICT;
    PRAGMA user_version = ${schemaVersion};
    COMMIT`);
}

/**
 * One meter may have many readings that cannot be published: the index finds the readings of other meters without
 * reading them.
 */
function addIndex(db: DatabaseSync): void {
  runSql(db, "CREATE INDEX IF NOT EXISTS readings_by_meter ON readings (meter, taken_at, seq)");
  runSql(db, "DROP INDEX IF EXISTS readings_by_time");
}

/** The version does not change: earlier releases work with these additions and leave `kept_at` empty. */
function addClock(db: DatabaseSync): void {
  runSql(
    db,
    "CREATE TABLE IF NOT EXISTS clock (id INTEGER PRIMARY KEY, at INTEGER NOT NULL, wall INTEGER) STRICT",
  );
  const columns = db.prepare("PRAGMA table_info(readings)").all().map((column) => column["name"]);
  if (!columns.includes("kept_at")) runSql(db, "ALTER TABLE readings ADD COLUMN kept_at INTEGER");
}

const schemaVersion = 1;

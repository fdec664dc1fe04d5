import type { DatabaseSync } from "node:sqlite";
import { additions, migrations } from "./schema.ts";
import { newerSchema, schemaVersion } from "./schema_version.ts";

/**
 * Migrates a database to the newest schema.
 *
 * @throws {JournalError} `newer_schema`
 */
export function migrateSchema(db: DatabaseSync, path: string): void {
  const version = schemaVersion(db);
  if (version > migrations.length) throw newerSchema(path, version);
  for (const [index, script] of migrations.entries()) {
    if (index < version) continue;
    db.exec(`BEGIN IMMEDIATE; ${script}; PRAGMA user_version = ${index + 1}; COMMIT`);
  }
  db.exec(`BEGIN IMMEDIATE; ${additions.join("")} COMMIT`);
}

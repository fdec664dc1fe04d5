import type { DatabaseSync } from "node:sqlite";
import { JournalError } from "./errors.ts";
import { optionalInteger } from "./row_values.ts";
import { migrations } from "./schema.ts";

/** The version of a database's schema; 0 where it has none yet. */
export function schemaVersion(db: DatabaseSync): number {
  return optionalInteger(db.prepare("PRAGMA user_version").get() ?? {}, "user_version") ?? 0;
}

/** A database that only a later release can use. */
export function newerSchema(path: string, version: number): JournalError {
  return new JournalError(
    "newer_schema",
    `Cannot use ${path}: its schema is version ${version}, this release knows ${migrations.length}; use the release that wrote it or a later one`,
  );
}

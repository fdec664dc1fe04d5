import type { DatabaseSync } from "node:sqlite";
import { JournalError } from "./errors.ts";
import { optionalInteger } from "./row_values.ts";
import { migrations } from "./schema.ts";

/** The schema version of a database; 0: it has no schema yet. */
export function schemaVersion(db: DatabaseSync): number {
  return optionalInteger(db.prepare("PRAGMA user_version").get() ?? {}, "user_version") ?? 0;
}

/** The error for a database that only a later release can use. */
export function newerSchema(path: string, version: number): JournalError {
  return new JournalError(
    "newer_schema",
    `Cannot use ${path}: its schema is version ${version}, this release supports version ${migrations.length}; use the release that wrote it or a later one`,
  );
}

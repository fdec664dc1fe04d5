import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { removeIfThere, syncFile } from "../base/files.ts";
import { createPrivate } from "../base/private_files.ts";
import { removeDatabase } from "../base/sqlite_files.ts";
import { migrateSchema } from "./migrate_schema.ts";
import { openFileId } from "./open_files.ts";

/** Opens a new database with the newest schema for writing; an old file of this name is replaced. */
export function newDatabase(path: string): DatabaseSync {
  removeDatabase(path);
  createPrivate(path);
  const db = new DatabaseSync(path);
  try {
    db.exec("PRAGMA synchronous = FULL");
    migrateSchema(db, path);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/**
 * Creates a database that does not exist. It gets its name when it is complete: a file of this name that is empty once had
 * content, and is damaged. After a crash before that, `finishRebuild` removes the incomplete file.
 *
 * @returns identity of the file
 */
export function createDatabase(path: string): string {
  const incomplete = `${path}.new`;
  newDatabase(incomplete).close();
  syncFile(incomplete);
  const id = identityOf(incomplete);
  // SQLite would apply one that a removed database has left
  removeIfThere(`${path}-journal`);
  Deno.renameSync(incomplete, path);
  syncFile(dirname(path));
  return id;
}

function identityOf(path: string): string {
  using file = Deno.openSync(path);
  return openFileId(file);
}

import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { isDamagedJournal } from "../../src/journal/mod.ts";
import type { Chance } from "./chance.ts";

/** The root page of an index: its content is also in the table, so its loss must lose nothing. */
export interface JournalPage {
  readonly path: string;
  readonly at: number;
  readonly bytes: number;
}

/** Writes the log of a journal to its database, so that a page there is used, and chooses one. */
export function choosePage(stateDir: string, chance: Chance): JournalPage {
  const path = join(stateDir, "journal.db");
  const db = openBeside(path);
  try {
    db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    const roots = db.prepare("SELECT rootpage FROM sqlite_schema WHERE type = 'index' ORDER BY rootpage").all();
    const root = Number(roots[chance.between(0, roots.length - 1)]?.["rootpage"]);
    const bytes = Number(db.prepare("PRAGMA page_size").get()?.["page_size"]);
    return { path, at: (root - 1) * bytes, bytes };
  } finally {
    db.close();
  }
}

/** Overwrites a page of a journal. */
export function spoilPage({ path, at, bytes }: JournalPage): void {
  using file = Deno.openSync(path, { write: true });
  file.seekSync(at, Deno.SeekMode.Start);
  file.writeSync(new Uint8Array(bytes).fill(0xaa));
}

/** Makes the process that uses a journal read its pages again, by writing from another process. */
export function makeStale({ path }: JournalPage): void {
  const db = openBeside(path);
  try {
    const version = db.prepare("PRAGMA user_version").get()?.["user_version"];
    db.exec(`PRAGMA user_version = ${version}`);
  } finally {
    db.close();
  }
}

/** Number of damaged journals that were replaced and kept. */
export function countReplaced(stateDir: string): number {
  return [...Deno.readDirSync(stateDir)].filter(({ name }) => isDamagedJournal(name)).length;
}

function openBeside(path: string): DatabaseSync {
  const db = new DatabaseSync(path);
  db.exec("PRAGMA busy_timeout = 5000");
  return db;
}

import { errorText } from "../base/log.ts";
import { join } from "node:path";
import { openForReading } from "./open_journal.ts";
import { databaseName } from "./stored_files.ts";

/**
 * Checks the structure of a journal, read-only. A service may use it at the same time.
 *
 * @returns what SQLite reports; undefined: nothing is wrong
 * @throws {JournalError} see `openJournalReader`
 */
export function journalDamage(stateDir: string): string | undefined {
  const db = openForReading(join(stateDir, databaseName));
  try {
    const rows = db.prepare("PRAGMA quick_check(3)").all().map((row) => String(Object.values(row)[0]));
    return rows.length === 1 && rows[0] === "ok" ? undefined : rows.join("; ");
  } catch (error) {
    return errorText(error);
  } finally {
    db.close();
  }
}

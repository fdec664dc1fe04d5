/** SQLite's primary error code; undefined: the error is not from SQLite. */
export function sqliteCodeOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !("errcode" in error) || typeof error.errcode !== "number") return undefined;
  return error.errcode & 0xff;
}

/** SQLITE_READONLY. */
export const sqliteReadOnly = 8;

/** A database cannot be used: a check found damage, or another release or program wrote it. */
export class DamageError extends Error {}

/** Whether SQLite reports that a file is damaged: SQLITE_CORRUPT or SQLITE_NOTADB. */
export function isDamage(error: unknown): error is Error {
  if (error instanceof DamageError) return true;
  const code = sqliteCodeOf(error);
  // Errors of `exec` have no code
  if (code === undefined) {
    return error instanceof Error && /^(database disk image is malformed|file is not a database)/.test(error.message);
  }
  return code === 11 || code === 26;
}

/**
 * Whether the error comes from the system and not from the data: no memory, a full disk, a file that cannot be read,
 * written or opened.
 */
export function isSystemError(error: unknown): boolean {
  const code = sqliteCodeOf(error);
  // The error of `new DatabaseSync` has no code
  if (code === undefined) return error instanceof Error && error.message.startsWith("unable to open database file");
  return [3, 5, 6, 7, 8, 10, 13, 14, 22, 23].includes(code);
}

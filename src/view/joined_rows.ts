import type { SessionRow } from "./session_rows.ts";

/** Rows of several pages of one search, newest first; copies of a record are shown once. */
export function joinedRows(rows: readonly SessionRow[], more: readonly SessionRow[]): readonly SessionRow[] {
  const shown = new Set(rows.map(({ copyKey }) => copyKey));
  return [...rows, ...more.filter(({ copyKey }) => !shown.has(copyKey))].toSorted((one, other) => other.seq - one.seq);
}

import type { SQLInputValue } from "node:sqlite";

/** The most rows that one statement reads or writes, so that other work can run between two statements. */
export const maxRowsPerStatement = 100;

/** SQL: the newest transactions of a meter. */
export const youngest = `(SELECT seq FROM transactions WHERE meter = ? ORDER BY seq DESC LIMIT ${maxRowsPerStatement})`;

/** The texts as an SQL list. */
export function quoted(texts: readonly string[]): string {
  return texts.map((text) => `'${text}'`).join(", ");
}

/** Which rows to list; an absent field is not a condition. */
export interface ListFilter {
  /** Name of the meter in the configuration. @default every meter */
  readonly meter?: string | undefined;
  /** Id of the transaction. @default every transaction */
  readonly transactionId?: string | undefined;
  /** At most this many rows, the newest ones. @default all */
  readonly limit?: number | undefined;
}

/** Which records to list; an absent field is not a condition. */
export interface RecordFilter extends ListFilter {
  /** Only those that wait in the outbox. @default false */
  readonly undelivered?: boolean | undefined;
  /** Read from the meter at this time or later, wall clock in milliseconds. @default no limit */
  readonly sinceMs?: number | undefined;
  /** Read from the meter before this time, wall clock in milliseconds. @default no limit */
  readonly untilMs?: number | undefined;
}

/** The SQL condition of a filter, with its parameters. */
export function conditionOf(filter: RecordFilter): { condition: string; parameters: SQLInputValue[] } {
  const asked = [
    ["meter = ?", filter.meter],
    ["transaction_id = ?", filter.transactionId],
    ["read_at >= ?", filter.sinceMs],
    ["read_at < ?", filter.untilMs],
  ] as const;
  const conditions = filter.undelivered === true ? ["delivered_at IS NULL"] : ["true"];
  const parameters: SQLInputValue[] = [];
  for (const [condition, value] of asked) {
    if (value === undefined) continue;
    conditions.push(condition);
    parameters.push(value);
  }
  return { condition: conditions.join(" AND "), parameters };
}

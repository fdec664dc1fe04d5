import type { SQLInputValue } from "node:sqlite";

/** Rows that one statement reads or writes at most: other work gets its turn in between. */
export const mostRows = 100;

/** The youngest transactions of a meter. */
export const youngest = `(SELECT seq FROM transactions WHERE meter = ? ORDER BY seq DESC LIMIT ${mostRows})`;

/** Texts as a list of SQL. */
export function quoted(texts: readonly string[]): string {
  return texts.map((text) => `'${text}'`).join(", ");
}

/** Which rows to list; what is absent is not asked for. */
export interface ListFilter {
  /** Name of the meter in the configuration. */
  readonly meter?: string | undefined;
  /** Id of the transaction. */
  readonly transactionId?: string | undefined;
  /** The newest so many. */
  readonly limit?: number | undefined;
}

/** Which records to list; what is absent is not asked for. */
export interface RecordFilter extends ListFilter {
  /** Only those that wait in the outbox. */
  readonly undelivered?: boolean | undefined;
  /** Read from the meter at this time or later, wall clock in milliseconds. */
  readonly sinceMs?: number | undefined;
  /** Read from the meter before this time, wall clock in milliseconds. */
  readonly untilMs?: number | undefined;
}

/** What a row must be for a filter, with its parameters. */
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

import { journalFailpoints } from "../../src/journal/mod.ts";
import { natsFailpoints } from "../../src/nats/mod.ts";
import { type Place, placesOf, type Step } from "./steps.ts";

/** Where a process is ended: at one of its steps, or when the client has its answer. */
export type Row = Place | "start is answered" | "stop is answered";

/** The rows of one kill, each with its own meter. */
export interface Round {
  /** Where the transactions of the other meters stop, while the process continues. */
  readonly before: readonly Row[];
  /** Where the whole process stops. */
  readonly last: Row;
}

/** Steps that are not awaited: the whole process must stop there. */
const notAwaited: readonly string[] = [...journalFailpoints, ...natsFailpoints];

/**
 * Distributes the rows of a transaction, so that each is in one round. A transaction whose record is in the journal
 * ends a round, because its record would be delivered while only this transaction is stopped.
 */
export function roundsOf(steps: readonly Step[]): Round[] {
  const stored = steps.findIndex(({ key }) => key.startsWith("journal.after_commit store the record"));
  const last: Row[] = ["stop is answered"];
  const before: Row[] = ["start is answered"];
  placesOf(steps).forEach((place, index) => {
    const name = steps[index]?.name ?? "";
    (index < stored && !notAwaited.includes(name) ? before : last).push(place);
  });
  return last.map((row, round) => ({
    before: before.filter((_, index) => index % last.length === round),
    last: row,
  }));
}

/** Name of a row in a failure. */
export function textOf(row: Row): string {
  return typeof row === "string" ? row : `${row.key} (${row.nth})`;
}

import { journalFailpoints } from "../../src/journal/mod.ts";
import { natsFailpoints } from "../../src/nats/mod.ts";
import { type Place, placesOf, type Step } from "./steps.ts";

/** Where a process is ended: at a step of its own, or when the client has its answer. */
export type Row = Place | "start is answered" | "stop is answered";

/** The rows that one kill serves, each with a meter of its own. */
export interface Round {
  /** Where the transactions of the other meters stand still, while the process goes on. */
  readonly before: readonly Row[];
  /** Where the whole process stands still. */
  readonly last: Row;
}

/** Steps that are not awaited: the whole process must stand still there. */
const notAwaited: readonly string[] = [...journalFailpoints, ...natsFailpoints];

/**
 * Shares the rows of a transaction out, so that each is in one round. A transaction whose record is in the journal
 * ends a round: its record would be delivered while it stands still alone.
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

/** How a failure names a row. */
export function textOf(row: Row): string {
  return typeof row === "string" ? row : `${row.key} (${row.nth})`;
}

import { journalFailpoints } from "../../src/journal/mod.ts";
import { type Place, placesOf, type Step } from "./steps.ts";

/** Where a process is ended: at one of its steps, or when the client has its answer. */
export type Row = Place | "start is answered" | "stop is answered";

/** The rows of one kill, each with its own meter. */
export interface Round {
  /**
   * Where the transactions of the other meters stop, in this order, while the process continues. If the first one stops
   * in the outbox, no record of the round is delivered.
   */
  readonly before: readonly Row[];
  /** Where the whole process stops. */
  readonly last: Row;
}

/** The whole process must stop there: the step is not awaited, or its message would still be sent. */
const wholeProcess: readonly string[] = [...journalFailpoints, "answer.after_send"];

/** The most rows after a record is stored in one round, with a row that stops the outbox before them. */
const lateRows = 3;

/** The most meters of a round. */
export const maxRows = lateRows + 2;

/** Distributes the rows of a transaction, so that each is in a round. */
export function roundsOf(steps: readonly Step[]): Round[] {
  const stored = steps.findIndex(({ key }) => key.startsWith("journal.after_commit store the record"));
  const last: Row[] = [];
  const early: Row[] = ["start is answered"];
  const late: Row[] = ["stop is answered"];
  const outbox: Row[] = [];
  placesOf(steps).forEach((place, index) => {
    const name = steps[index]?.name ?? "";
    if (wholeProcess.includes(name)) last.push(place);
    else if (name.startsWith("outbox.")) outbox.push(place);
    else (index < stored ? early : late).push(place);
  });
  const rounds = last.map((row): { before: Row[]; last: Row } => ({ before: [], last: row }));
  for (let first = 0; first < late.length; first += lateRows) {
    const group = first / lateRows;
    rounds[group]?.before.push(
      ...outbox.slice(group % outbox.length).slice(0, 1),
      ...late.slice(first, first + lateRows),
    );
  }
  for (const row of early) {
    rounds.reduce((smallest, round) => round.before.length < smallest.before.length ? round : smallest).before.push(
      row,
    );
  }
  return rounds;
}

/** Whether the outbox stops at the row. */
export function isInOutbox(row: Row | undefined): row is Place {
  return typeof row === "object" && row.key.startsWith("outbox.");
}

/** Name of a row in a failure. */
export function textOf(row: Row): string {
  return typeof row === "string" ? row : `${row.key} (${row.nth})`;
}

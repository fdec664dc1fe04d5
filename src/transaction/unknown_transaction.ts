import { damagedRemedy } from "../journal/mod.ts";
import type { Context } from "./context.ts";
import { TransactionError } from "./errors.ts";

/** What a request fails with whose id is found nowhere. A damaged journal may hold it and not show it. */
export function unknownTransaction(
  { meter, journal }: Pick<Context, "meter" | "journal">,
  id: string,
): TransactionError {
  if (journal.damage === undefined) {
    return new TransactionError("UNKNOWN_TRANSACTION", `Meter ${meter.name} knows no transaction ${id}`);
  }
  return new TransactionError(
    "JOURNAL_FAILED",
    `Cannot find transaction ${id} of meter ${meter.name} in the journal ${journal.path}: the journal is damaged; ` +
      damagedRemedy,
    { cause: new Error(journal.damage) },
  );
}

import { damagedRemedy } from "../journal/mod.ts";
import type { Context } from "./context.ts";
import { TransactionError } from "./errors.ts";

/** The error for an unknown transaction id. A damaged journal may contain the id without showing it. */
export function unknownTransaction(
  { meter, journal }: Pick<Context, "meter" | "journal">,
  id: string,
): TransactionError {
  if (journal.damage === undefined) {
    return new TransactionError("UNKNOWN_TRANSACTION", `Transaction ${id} is unknown on meter ${meter.name}`);
  }
  return new TransactionError(
    "JOURNAL_FAILED",
    `Cannot find transaction ${id} of meter ${meter.name} in the journal ${journal.path}: the journal is damaged; ` +
      damagedRemedy,
    { cause: new Error(journal.damage) },
  );
}

import { type StatusAnswer, transactionSchemas } from "../contract/mod.ts";
import type { Io } from "./io.ts";
import { lines } from "./safe_text.ts";
import { ambiguousText, meantIds } from "./transaction_prefix.ts";
import type { TxAsk } from "./tx_request.ts";

/** A transaction with its state before a request. */
export interface MeantTransaction {
  readonly id: string;
  /** Undefined: not known. */
  readonly before?: StatusAnswer["transaction"];
}

/**
 * The transaction whose id is or begins with `id`. An id without a match is used as it is: the meter may know it. So is an
 * id that cannot be looked up, because a stop must not depend on it.
 *
 * @param tryAsk asks the service, and reports no failure
 * @returns undefined: several ids begin with it
 */
export async function meantTransaction(
  tryAsk: TxAsk,
  id: string,
  io: Pick<Io, "err">,
): Promise<MeantTransaction | undefined> {
  if (id === "") return { id };
  const exact = await tryAsk("status", { transaction_id: id });
  const before = statusOf(exact)?.transaction;
  if (exact === undefined || before !== undefined) return { id, before };
  // Earlier releases of the service ignore the prefix
  const ids = meantIds(id, statusOf(await tryAsk("status", { transaction_id_prefix: id }))?.transaction_ids ?? []);
  const [only = id, ...others] = ids;
  if (others.length === 0) {
    return only === id
      ? { id }
      : { id: only, before: statusOf(await tryAsk("status", { transaction_id: only }))?.transaction };
  }
  io.err(lines(...ambiguousText(id, ids)));
  return undefined;
}

function statusOf(reply: unknown): StatusAnswer | undefined {
  return transactionSchemas.TransactionStatusResponse.safeParse(reply).data;
}

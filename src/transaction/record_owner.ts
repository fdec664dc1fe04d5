import { ModbusError } from "../meter/mod.ts";
import { transactionIdOf } from "../ocmf/mod.ts";
import type { Context } from "./context.ts";
import { isOpen } from "./state_machine.ts";

/**
 * Origin of a file on the meter. `ended`: the open transaction was just ended; `found`: it was found on the meter;
 * `stray`: it belongs to a transaction that was not started here, or to another meter.
 */
export type FileOrigin = "ended" | "found" | "stray";

/**
 * The transaction of a file on the meter: the one that it names, otherwise the open one, otherwise the one in the
 * tariff text of the meter. A stray file belongs to the transaction that it names, or to none.
 *
 * @param named the id in the TT of the file
 */
export async function recordOwner(
  context: Context,
  ocmf: Uint8Array,
  named: string | undefined,
  origin: FileOrigin,
): Promise<string | undefined> {
  if (named !== undefined || origin === "stray") return named;
  const { state } = context.tracker;
  if (isOpen(state) && state.transactionId !== undefined) return state.transactionId;
  // Empty files cannot be distinguished: it may be the file of the last transaction, found again
  if (ocmf.length === 0 && mayBelongTo(context, state.transactionId, ocmf)) return state.transactionId;
  const written = await idInTariffText(context);
  return mayBelongTo(context, written, ocmf) ? written : undefined;
}

/** Whether the id in a record, if any, is another one. */
export function isAnother(named: string | undefined, transactionId: string): boolean {
  return named !== undefined && named !== transactionId;
}

/** Whether a file without an id can belong to transaction `id`: not if that transaction already has another record. */
function mayBelongTo({ journal, meter }: Context, id: string | undefined, ocmf: Uint8Array): boolean {
  if (id === undefined) return false;
  const seq = journal.transaction(meter.name, id)?.recordSeq;
  const record = seq === undefined ? undefined : journal.record(seq);
  return record === undefined || equalBytes(record.ocmf, ocmf);
}

async function idInTariffText({ meter }: Context): Promise<string | undefined> {
  try {
    return transactionIdOf(await meter.readTariffText());
  } catch (error) {
    if (error instanceof ModbusError) return undefined;
    throw error;
  }
}

/** Whether two files are equal. */
export function equalBytes(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, index) => byte === other[index]);
}

import { ModbusError } from "../meter/mod.ts";
import { recordFacts, transactionIdOf } from "../ocmf/mod.ts";
import type { Context } from "./context.ts";
import { isOpen } from "./state_machine.ts";

/**
 * What a file on the meter came of: `ended`: the open transaction was just ended; `found`: it was there; `stray`: of
 * something that was never started here, or of another meter.
 */
export type FileOrigin = "ended" | "found" | "stray";

/**
 * The transaction that a file on the meter belongs to: the one that it names, else the open one, else the one in the
 * meter's tariff text. A stray file belongs to what it names, or to none.
 *
 * @param named the id in the file's own TT
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
  // An empty file can tell no other from its own: it may be that of the last transaction, found again
  if (ocmf.length === 0 && mayBelongTo(context, state.transactionId, ocmf)) return state.transactionId;
  const written = await idInTariffText(context);
  return mayBelongTo(context, written, ocmf) ? written : undefined;
}

/** Whether a record names another transaction than `transactionId`. */
export function namesAnother(ocmf: Uint8Array, transactionId: string): boolean {
  const named = recordFacts(ocmf).transactionId;
  return named !== undefined && named !== transactionId;
}

/** Whether a file that names nothing may be that of `id`: one that has its record already has no other. */
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

/** Whether two files are the same. */
export function equalBytes(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, index) => byte === other[index]);
}

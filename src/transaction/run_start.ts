import { beginTransaction } from "./begin_transaction.ts";
import { type Context, requireOnline } from "./context.ts";
import { endTransaction } from "./end_transaction.ts";
import { TransactionError } from "./errors.ts";
import { fetchRecord } from "./fetch_record.ts";
import { syncState } from "./meter_transaction_state.ts";
import type { StartResult } from "./results.ts";
import type { StartRequest } from "./start_request.ts";

/** The most records that are fetched before a start. */
const maxRecordsCleared = 3;

/** Starts a transaction. Call it within `exclusive`. @throws {TransactionError} */
export async function runStart(context: Context, request: StartRequest): Promise<StartResult> {
  const { meter, journal } = context;
  const { transactionId: id } = request;
  refuseEnded(context, id);
  requireConfirmedOrOnline(context, id);
  if (!isRunning(context, id)) {
    await clearMeter(context, id);
    if (!isRunning(context, id)) {
      await meter.setClockBeforeStart();
      // A stop of this transaction may have arrived in the meantime, and clearing the meter may have carried it out
      refuseEnded(context, id);
      await beginTransaction(context, request);
    }
  }
  meter.faults.clear("OcmfTransactionClosed");
  return { transactionId: id, transaction: journal.transaction(meter.name, id) };
}

/** @throws {TransactionError} `TRANSACTION_FINISHED`: the transaction `id` has ended or is being stopped */
export function refuseEnded({ journal, meter, tracker }: Context, id: string): void {
  const known = journal.transaction(meter.name, id);
  const stopping = tracker.state.kind === "stopping" && tracker.state.transactionId === id;
  if (!stopping && known?.state !== "finished" && known?.state !== "corrupted") return;
  throw new TransactionError(
    "TRANSACTION_FINISHED",
    `Transaction ${id} of meter ${meter.name} is ${stopping ? "stopping" : known?.state}; start with a new id`,
  );
}

/**
 * If the meter has already confirmed in this process that the transaction runs, a repeated start needs no request.
 *
 * @throws {TransactionError} `METER_OFFLINE`: the meter is offline and has not confirmed it
 */
export function requireConfirmedOrOnline(context: Context, id: string): void {
  if (!context.tracker.confirmed || !isRunning(context, id)) requireOnline(context);
}

function isRunning({ tracker }: Context, id: string): boolean {
  return tracker.state.kind === "running" && tracker.state.transactionId === id;
}

/** Fetches records until the meter is free or is RUNNING with this transaction. */
async function clearMeter(context: Context, id: string): Promise<void> {
  for (let round = 1; round <= maxRecordsCleared; round++) {
    const { state } = await syncState(context);
    if (isRunning(context, id)) return;
    const closed = state === "RUNNING" ? await endTransaction(context, "superseded") : state;
    if (closed === "NOT_READY") return;
    // A file that was not erased is fetched again in the next round
    await fetchRecord(context, closed, state === "RUNNING" ? "ended" : "found");
  }
  throw new TransactionError(
    "METER_REFUSED",
    `Meter ${context.meter.name} does not erase its last OCMF file after the confirmation; its record is in the journal`,
  );
}

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

/** What a start does when another transaction is running: it ends this transaction, or it is refused. */
export type WhenRunning = "supersede" | "refuse";

/**
 * Starts a transaction. Call it within `exclusive`.
 *
 * @throws {TransactionError} `TRANSACTION_OPEN`: another transaction is running, and `whenRunning` is `refuse`
 */
export async function runStart(
  context: Context,
  request: StartRequest,
  whenRunning: WhenRunning,
): Promise<StartResult> {
  const { meter, journal, log } = context;
  const { transactionId: id } = request;
  let superseded: Superseded | undefined;
  refuseEnded(context, id);
  requireConfirmedOrOnline(context, id);
  if (!isRunning(context, id)) {
    superseded = await clearMeter(context, id, whenRunning);
    if (!isRunning(context, id)) {
      await meter.setClockBeforeStart();
      // A stop of this transaction may have arrived in the meantime, and clearing the meter may have carried it out
      refuseEnded(context, id);
      await beginTransaction(context, request);
      log.info("Transaction started", {
        meter: meter.name,
        transaction: id,
        ...(superseded !== undefined && { superseded: superseded.id ?? "a transaction without an id" }),
      });
    }
  }
  meter.faults.clear("OcmfTransactionClosed");
  return { transactionId: id, transaction: journal.transaction(meter.name, id), supersededId: superseded?.id };
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

/** A transaction that a start has ended. */
interface Superseded {
  readonly id: string | undefined;
}

/** Fetches records until the meter is free or is RUNNING with this transaction. @returns the transaction it ended */
async function clearMeter(context: Context, id: string, whenRunning: WhenRunning): Promise<Superseded | undefined> {
  let superseded: Superseded | undefined;
  for (let round = 1; round <= maxRecordsCleared; round++) {
    const { state } = await syncState(context);
    if (isRunning(context, id)) return superseded;
    const { state: known } = context.tracker;
    // A transaction that is already being stopped is not superseded: its record has the reason of its stop
    if (state === "RUNNING" && known.kind !== "stopping") {
      const runningId = "transactionId" in known ? known.transactionId : undefined;
      if (whenRunning === "refuse") throw openTransaction(context, runningId);
      superseded = { id: runningId };
    }
    const closed = state === "RUNNING" ? await endTransaction(context, "superseded") : state;
    if (closed === "NOT_READY") return superseded;
    // A file that was not erased is fetched again in the next round
    await fetchRecord(context, closed, state === "RUNNING" ? "ended" : "found");
  }
  throw new TransactionError(
    "METER_REFUSED",
    `Meter ${context.meter.name} does not erase its last OCMF file after the confirmation; its record is in the journal`,
  );
}

function openTransaction({ meter }: Context, id: string | undefined): TransactionError {
  const open = id === undefined ? "a transaction without an id" : `transaction ${id}`;
  return new TransactionError(
    "TRANSACTION_OPEN",
    `Cannot start a transaction on meter ${meter.name}: ${open} is open; stop it first, or start with supersede`,
  );
}

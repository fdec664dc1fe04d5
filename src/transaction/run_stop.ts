import { errorText } from "../base/log.ts";
import type { StoredRecord, StoredTransaction } from "../journal/mod.ts";
import { parsedFacts, ParsedRecord, transactionIdOf } from "../ocmf/mod.ts";
import { type Context, mayAnswer, requireOnline } from "./context.ts";
import { endTransaction } from "./end_transaction.ts";
import { FileNotErased, TransactionError } from "./errors.ts";
import { type FetchedRecord, fetchRecord } from "./fetch_record.ts";
import { type EndReason, isOpen } from "./state_machine.ts";
import { readState, syncState } from "./meter_transaction_state.ts";
import { isAnother } from "./record_owner.ts";
import type { EndResult, StopResult } from "./results.ts";
import { unknownTransaction } from "./unknown_transaction.ts";

/**
 * The result of an ended transaction from the journal; undefined: it has not ended.
 *
 * @throws {TransactionError} `OCMF_CORRUPTED`, or `TRANSACTION_FINISHED`: it has ended without a record
 */
export function endedTransaction(context: Context, id: string): StopResult | undefined {
  const { journal, meter } = context;
  const transaction = journal.transaction(meter.name, id);
  if (transaction?.state !== "finished" && transaction?.state !== "corrupted") return undefined;
  const record = recordOf(context, transaction);
  if (transaction.state === "corrupted") {
    throw new TransactionError(
      "OCMF_CORRUPTED",
      `Meter ${meter.name} reported the OCMF file of transaction ${id} as corrupted; its content is in the journal`,
    );
  }
  const result = record && stopResult(transaction, record);
  if (result !== undefined && !isAnother(parsedFacts(result.parsed).transactionId, id)) return result;
  const { reason, meterId } = transaction;
  throw new TransactionError(
    "TRANSACTION_FINISHED",
    `Transaction ${id} of meter ${meter.name} has ended without a record: ` +
      (reason === "meter_exchanged" ? `it is on meter ${meterId}, which was replaced` : reason ?? "unknown reason"),
  );
}

/** The record of a transaction; undefined: it has none. */
export function recordOf(
  { journal }: Pick<Context, "journal">,
  { recordSeq }: Pick<StoredTransaction, "recordSeq">,
): StoredRecord | undefined {
  return recordSeq === undefined ? undefined : journal.record(recordSeq);
}

/** Stops the transaction `id`. Call it within `exclusive`. @throws {TransactionError} */
export async function runStop(context: Context, id: string): Promise<EndResult<StopResult>> {
  const { meter, tracker } = context;
  const ended = endedTransaction(context, id);
  if (ended !== undefined) return { result: ended, isErased: true };
  let isErased = isOpenHere(context, id) || await findOnMeter(context, id);
  // The remembered state may differ from the transaction on the meter
  const unsure = !tracker.confirmed || !tracker.hasBegun;
  if (unsure && mayAnswer(context)) await syncState(context);
  if (isOpenHere(context, id)) {
    await requireAnswerToEnd(context, "stopped");
    isErased = (await endAndFetch(context, "stopped"))?.isErased ?? true;
  }
  meter.faults.clear("OcmfTransactionClosed");
  const result = endedTransaction(context, id);
  if (result !== undefined) return { result, isErased };
  if (isOpenHere(context, id)) {
    throw new TransactionError("OCMF_NOT_READY", `Meter ${meter.name} had another record first; stop ${id} again`);
  }
  const unknown = unknownTransaction(context, id);
  throw isErased ? unknown : new FileNotErased(unknown.code, unknown.message, { cause: unknown.cause });
}

/**
 * Ends the open transaction, known or unknown, and keeps its record. Call it within `exclusive`.
 *
 * @returns undefined: nothing was open
 * @throws {TransactionError}
 */
export async function runStopAny(context: Context): Promise<EndResult<StopResult | undefined>> {
  await requireAnswerToEnd(context, "cancelled");
  const { state } = await syncState(context);
  let fetched: FetchedRecord | undefined;
  if (state === "RUNNING") fetched = await endAndFetch(context, "cancelled");
  else if (state !== "NOT_READY") fetched = await fetchRecord(context, state, "found");
  context.meter.faults.clear("OcmfTransactionClosed");
  return {
    result: state === "NOT_READY" ? undefined : endedHere(context, fetched?.record),
    isErased: fetched?.isErased ?? true,
  };
}

/**
 * The transaction that has just ended, with its record; undefined: it has no record.
 *
 * @param fetched the record that was on the meter
 */
function endedHere(context: Context, fetched: StoredRecord | undefined): StopResult | undefined {
  const { state } = context.tracker;
  if (state.kind !== "finished") return undefined;
  if (state.transactionId === undefined) {
    return fetched === undefined || fetched.transactionId !== undefined ? undefined : stopResult(undefined, fetched);
  }
  const transaction = context.journal.transaction(context.meter.name, state.transactionId);
  const record = transaction === undefined ? undefined : recordOf(context, transaction);
  return transaction === undefined || record === undefined ? undefined : stopResult(transaction, record);
}

function stopResult(transaction: StoredTransaction | undefined, record: StoredRecord): StopResult {
  return { transaction, record, parsed: new ParsedRecord(record.ocmf) };
}

/** Records the intent to end transaction `id`, or the open one: it is ended as soon as its meter answers. */
export async function recordStopIntent(context: Context, id: string): Promise<void> {
  if (id === "") await context.tracker.apply({ kind: "end", why: "cancelled" });
  else await context.tracker.apply({ kind: "end", why: "stopped", transactionId: id });
}

/** Whether the transaction `id` is open in the known state. */
export function isOpenHere({ tracker }: Context, id: string): boolean {
  return isOpen(tracker.state) && tracker.state.transactionId === id;
}

/**
 * Searches the meter for a transaction that is not open here. Only reads, unless the meter has this transaction.
 *
 * @returns see {@linkcode FetchedRecord.isErased}
 */
async function findOnMeter(context: Context, id: string): Promise<boolean> {
  const { meter, tracker, heldIds } = context;
  const { connection } = meter;
  const isKnown = heldIds.rulesOut(connection, id) || tracker.confirmed && !mayAnswer(context);
  if (isKnown) throw unknownTransaction(context, id);
  if (!mayAnswer(context)) requireOnline(context);
  const found = await readState(context);
  const held = found.state === "RUNNING" || found.state === "NOT_READY"
    ? found.transactionId
    : transactionIdOf(await meter.readTariffText());
  heldIds.remember(connection, held);
  if (held !== id) throw unknownTransaction(context, id);
  await tracker.apply({ kind: "meter", ...found });
  if (found.state !== "READY" && found.state !== "CORRUPTED") return true;
  return (await fetchRecord(context, found.state, "found")).isErased;
}

/** @returns undefined: the meter has no record */
async function endAndFetch(context: Context, why: EndReason): Promise<FetchedRecord | undefined> {
  const state = await endTransaction(context, why);
  return state === "NOT_READY" ? undefined : await fetchRecord(context, state, "ended");
}

/**
 * Records the intent to end even if the meter is offline: its transaction is ended when it is online again. If the
 * meter answers badly, reads its serial number before the request is refused.
 *
 * @throws {TransactionError} `METER_OFFLINE`
 */
async function requireAnswerToEnd(context: Context, why: EndReason): Promise<void> {
  const { meter, tracker } = context;
  if (meter.state === "online") return;
  await tracker.apply({ kind: "end", why });
  if (!meter.answersBadly) requireOnline(context);
  try {
    await meter.requireSameMeter();
  } catch (error) {
    throw new TransactionError(
      "METER_OFFLINE",
      `Meter ${meter.name} is ${meter.state}, and another attempt failed: ${errorText(error)}; the service retries`,
      { cause: error },
    );
  }
}

import { readRecords, verifyRecords } from "../ocmf/mod.ts";
import type { StartAnswer, StatusAnswer, StopAnswer } from "../contract/mod.ts";
import type { MeantTransaction } from "./meant_transaction.ts";
import { recordRow, recordTable } from "./record_table.ts";

/** The result of a start, for people. */
export function startLines(
  answer: StartAnswer,
  { meter, evse }: { readonly meter: string; readonly evse: string },
): string[] {
  const { transaction_id: id, superseded_transaction_id: superseded, warnings = [] } = answer;
  return [
    `Started ${id ?? "a transaction"} on ${meter} (${evse})`,
    ...(superseded === undefined ? [] : [`Ended ${superseded} before; its record is in the journal`]),
    ...warnings.map((warning) => `Warning: ${warning}`),
  ];
}

/** A transaction that a stop has ended, or that had ended before. */
interface StoppedTransaction extends MeantTransaction {
  /** Name of the meter. */
  readonly meter: string;
}

/**
 * The result of a stop, for people: the record as one line of a table, verified with the key in the reply.
 *
 * @param stopped with the requested id, "" for the open transaction
 * @param width in characters
 */
export function stopLines(answer: StopAnswer, { id, before, meter }: StoppedTransaction, width: number): string[] {
  const { transaction_id: ended = id, warnings = [] } = answer;
  const inputs = readRecords(new TextEncoder().encode(JSON.stringify({ ...answer, transaction_id: ended })));
  const rows = verifyRecords(inputs).flatMap((verification, index) => {
    const ocmf = inputs[index]?.ocmf;
    return ocmf === undefined ? [] : [recordRow({ meter, transactionId: ended || undefined, ocmf, verification })];
  });
  const isStopped = answer.signed_meter_value !== undefined;
  return [
    ...(isStopped ? recordTable(rows, width) : []),
    isStopped ? stoppedText(ended, before) : noRecord(meter),
    ...warnings.map((warning) => `Warning: ${warning}`),
  ];
}

/** @param id "" for a transaction without an id */
function stoppedText(id: string, before: ShownTransaction | undefined): string {
  if (before?.state !== "finished") return `Stopped ${id || "the open transaction, which has no id"}`;
  const { stopped_at: at, reason } = before;
  return `${id} had ended before this stop${at === undefined ? "" : `, at ${at}`}${endingText(reason)}`;
}

function endingText(reason: string | undefined): string {
  return reason === undefined || reason === "stopped" ? "" : ` (${reason})`;
}

/** A service of an earlier release returns no record of a transaction without an id. */
function noRecord(meter: string): string {
  return `The reply has no record: no transaction was open on ${meter}; "journal list" shows all records`;
}

type ShownTransaction = NonNullable<StatusAnswer["transaction"]>;

/** Reasons of transactions that ended without a record. */
const withoutRecord: readonly string[] = ["not_on_meter", "meter_exchanged"];

/** The status of a transaction, for people. */
export function statusLines(transaction: ShownTransaction | undefined, meter: string): string[] {
  if (transaction === undefined) return [`${meter}: no transaction`];
  const { state, transaction_id: id, started_at: started, stopped_at: stopped, reason } = transaction;
  const rows = [
    ["transaction", id ?? "without an id"],
    ["started", started],
    ["stopped", stopped],
    ["record", recordText(transaction)],
  ] as const;
  return [
    `${meter}: ${state}${endingText(reason)}`,
    ...rows.flatMap(([title, value]) => value === undefined ? [] : [`  ${title.padEnd(11)}  ${value}`]),
  ];
}

/** Undefined: there is none yet, or the status of a transaction without an id does not contain it. */
function recordText(
  { state, transaction_id: id, delivered_at: delivered, reason = "" }: ShownTransaction,
): string | undefined {
  if (id === undefined || state !== "finished" && state !== "corrupted") return undefined;
  if (withoutRecord.includes(reason)) return "none";
  return delivered === undefined ? "not yet delivered" : `delivered ${delivered}`;
}

import { readRecords, verifyRecords } from "../ocmf/mod.ts";
import type { StartAnswer, StopAnswer } from "../contract/mod.ts";
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

/**
 * The result of a stop, for people: the record as one line of a table, verified with the key in the reply.
 *
 * @param id the requested id, "" for the open transaction
 * @param width in characters
 */
export function stopLines(answer: StopAnswer, id: string, meter: string, width: number): string[] {
  const { transaction_id: ended = id, warnings = [] } = answer;
  const inputs = readRecords(new TextEncoder().encode(JSON.stringify({ ...answer, transaction_id: ended })));
  const rows = verifyRecords(inputs).flatMap((verification, index) => {
    const ocmf = inputs[index]?.ocmf;
    return ocmf === undefined ? [] : [recordRow({ meter, transactionId: ended || undefined, ocmf, verification })];
  });
  const isStopped = answer.signed_meter_value !== undefined;
  return [
    ...(isStopped ? recordTable(rows, width) : []),
    isStopped ? `Stopped ${ended || "the open transaction"}` : noRecord(meter),
    ...warnings.map((warning) => `Warning: ${warning}`),
  ];
}

function noRecord(meter: string): string {
  return `The reply has no record: no transaction with an id was open on ${meter}; "journal list" shows all records`;
}

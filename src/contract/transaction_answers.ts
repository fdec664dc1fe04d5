import { errorText } from "../base/log.ts";
import { timestamp } from "../base/time.ts";
import type { StoredRecord, StoredTransaction } from "../journal/mod.ts";
import { parsedFacts, type ParsedRecord } from "../ocmf/mod.ts";
import { requestWarnings, type StartResult, type StopResult, type TransactionStatus } from "../transaction/mod.ts";
import { derivedFields } from "./derived_fields.ts";
import { ocmfText, optionalTime, signedMeterValue, startSignedMeterValue } from "./shared_fields.ts";
import {
  type StartAnswer,
  startRequestOf,
  type StatusAnswer,
  type StopAnswer,
  transactionRequestSchema,
} from "./transaction_schemas.ts";

/** Answer to a successful start. */
export function startAnswer({ transactionId, transaction, supersededId }: StartResult): StartAnswer {
  const startValue = transaction?.startValue;
  return {
    status: "OK",
    transaction_id: transactionId,
    ...(startValue !== undefined && { signed_meter_value: signedMeterValue(startValue, startValue.publicKey) }),
    ...(supersededId !== undefined && { superseded_transaction_id: supersededId }),
    ...warnings(transaction),
  };
}

/**
 * Answer to a successful stop.
 *
 * @param isNamed whether the request has an id; the answer to another one has the id of the transaction that has ended
 */
export function stopAnswer(result: StopResult | undefined, isNamed: boolean): StopAnswer {
  if (result === undefined) return { status: "OK" };
  const { record, transaction, parsed } = result;
  const derived = derivedOf(parsed, record.publicKey);
  return {
    status: "OK",
    ...(!isNamed && transaction !== undefined && { transaction_id: transaction.transactionId }),
    ...startSignedMeterValue(record),
    signed_meter_value: {
      signed_meter_data: ocmfText(record),
      signing_method: "",
      encoding_method: "OCMF",
      public_key: record.publicKey,
    },
    ...derived.fields,
    ...warnings(transaction, derived.warnings),
  };
}

/** A successful answer to a stop without the fields that are derived from its record. */
export function shortStopAnswer({ ocpp: _ocpp, session: _session, ...answer }: StopAnswer): StopAnswer {
  const text = "ocpp and session are left out, because the answer would be longer than the server's max_payload";
  return { ...answer, warnings: [...answer.warnings ?? [], text] };
}

/** What is derived from a record. The transaction has ended, so a stop is answered even if nothing can be derived. */
function derivedOf(parsed: ParsedRecord, publicKey: string): {
  readonly fields?: ReturnType<typeof derivedFields>;
  readonly warnings: readonly string[];
} {
  try {
    return { fields: derivedFields(parsed, publicKey), warnings: powerLoss(parsed) };
  } catch (error) {
    const text = `ocpp and session are left out, because they cannot be derived from the record: ${errorText(error)}`;
    return { warnings: [text] };
  }
}

/** Answer to a status request. */
export function statusAnswer(status: TransactionStatus): StatusAnswer {
  if ("transaction" in status) {
    return { status: "OK", transaction: storedTransaction(status.transaction, status.record) };
  }
  const { state, transactionId } = status;
  if (state === "idle") return { status: "OK" };
  return {
    status: "OK",
    transaction: { state, ...(transactionId !== undefined && { transaction_id: transactionId }) },
  };
}

function storedTransaction(
  transaction: StoredTransaction,
  record: StoredRecord | undefined,
): Required<StatusAnswer>["transaction"] {
  return {
    state: transaction.state,
    transaction_id: transaction.transactionId,
    ...optionalTime("started_at", transaction.startedAtMs),
    ...optionalTime("stopped_at", transaction.stoppedAtMs),
    ...optionalTime("delivered_at", record?.deliveredAtMs),
    ...(transaction.reason !== undefined && { reason: transaction.reason }),
  };
}

/** The warning for a stop whose session had already ended. */
function powerLoss(parsed: ParsedRecord): string[] {
  const { lastTx, endAtMs } = parsedFacts(parsed);
  if (lastTx !== "P") return [];
  const when = endAtMs === undefined ? "" : ` at ${timestamp(endAtMs)}`;
  return [`The meter closed the session after a power loss${when} (TX P); no record contains the energy after that`];
}

function warnings(transaction: StoredTransaction | undefined, more: readonly string[] = []): { warnings?: string[] } {
  const found = [...storedWarnings(transaction?.request), ...more];
  return found.length === 0 ? {} : { warnings: found };
}

/** The warnings of a request in the journal; empty if it cannot be read. */
function storedWarnings(request: string | undefined): string[] {
  if (request === undefined) return [];
  try {
    const { data } = transactionRequestSchema.safeParse(JSON.parse(request));
    return data === undefined ? [] : requestWarnings(startRequestOf(data));
  } catch {
    return [];
  }
}

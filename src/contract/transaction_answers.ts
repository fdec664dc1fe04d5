import { timestamp } from "../base/time.ts";
import type { StoredRecord, StoredTransaction } from "../journal/mod.ts";
import type { SignedValue } from "../meter/mod.ts";
import { pointToSpki, recordFacts, toOcppSignedMeterValue, verifyRecord } from "../ocmf/mod.ts";
import type { FailedAnswer, OcmfResult, SignedMeterValue, StartAnswer, StatusAnswer, StopAnswer } from "./answers.ts";
import type { TransactionError } from "./errors.ts";
import { storedWarnings } from "./request_warnings.ts";

/** Answer to a start that succeeded; `transaction` as the journal has it. */
export function startAnswer(transactionId: string, transaction: StoredTransaction | undefined): StartAnswer {
  const startValue = transaction?.startValue;
  return {
    status: "OK",
    transaction_id: transactionId,
    ...(startValue !== undefined && { signed_meter_value: signedMeterValue(startValue, startValue.publicKey) }),
    ...warnings(transaction),
  };
}

/** Answer to a stop that succeeded. */
export function stopAnswer(record: StoredRecord, transaction: StoredTransaction): StopAnswer {
  return {
    status: "OK",
    ...startSignedMeterValue(record),
    signed_meter_value: {
      signed_meter_data: ocmfText(record),
      signing_method: "",
      encoding_method: "OCMF",
      public_key: record.publicKey,
    },
    ...warnings(transaction, powerLoss(record)),
  };
}

/** Answer to a status request; `record` is the one that ended the transaction. */
export function statusAnswer(transaction: StoredTransaction, record: StoredRecord | undefined): StatusAnswer {
  return {
    status: "OK",
    transaction: {
      state: transaction.state,
      transaction_id: transaction.transactionId,
      ...time("started_at", transaction.startedAtMs),
      ...time("stopped_at", transaction.stoppedAtMs),
      ...time("delivered_at", record?.deliveredAtMs),
      ...(transaction.reason !== undefined && { reason: transaction.reason }),
    },
  };
}

/** Answer to a request that failed; `transactionId` where the request named one. */
export function failedAnswer(error: TransactionError, transactionId?: string): FailedAnswer {
  return {
    status: error.code === "NOT_SUPPORTED" ? "NOT_SUPPORTED" : "UNEXPECTED_ERROR",
    code: error.code,
    error: error.message,
    ...(transactionId !== undefined && { transaction_id: transactionId }),
  };
}

/** A record of the journal as it is published. */
export function ocmfResult(record: StoredRecord, site?: string): OcmfResult {
  const { beginAtMs, endAtMs, transactionId = record.transactionId } = recordFacts(record.ocmf);
  return {
    ...(transactionId !== undefined && { transaction_id: transactionId }),
    ...(site !== undefined && { site }),
    meter: record.meter,
    journal_seq: record.seq,
    meter_id: record.meterId,
    ...(record.evseId !== undefined && { evse_id: record.evseId }),
    reason: record.reason,
    ocmf: ocmfText(record),
    public_key: record.publicKey,
    signing_method: record.signingMethod,
    verification: record.verdict ?? verifyRecord(record.ocmf, record.publicKey),
    ocpp: toOcppSignedMeterValue(record.ocmf, spkiOf(record.publicKey)),
    ...startSignedMeterValue(record),
    ...time("started_at", record.startedAtMs),
    read_at: timestamp(record.readAtMs),
    ...time("meter_begin_at", beginAtMs),
    ...time("meter_end_at", endAtMs),
  };
}

/** A signed live map as the bus carries it; `publicKey` in the configured format. */
export function signedMeterValue(value: SignedValue, publicKey: string): SignedMeterValue {
  return {
    signed_meter_data: JSON.stringify({ signedData: value.data, signature: value.signature }),
    signing_method: value.signingMethod,
    encoding_method: "plain",
    public_key: publicKey,
    timestamp: timestamp(value.takenAtMs),
  };
}

/** What the caller of a stop should know of a session that did not last until then. */
function powerLoss({ ocmf }: StoredRecord): string[] {
  const { lastTx, endAtMs } = recordFacts(ocmf);
  if (lastTx !== "P") return [];
  const when = endAtMs === undefined ? "" : ` at ${timestamp(endAtMs)}`;
  return [`The meter closed the session after a power loss${when} (TX P): no record has the energy since then`];
}

function warnings(transaction: StoredTransaction | undefined, more: readonly string[] = []): { warnings?: string[] } {
  const found = [...storedWarnings(transaction?.request), ...more];
  return found.length === 0 ? {} : { warnings: found };
}

function startSignedMeterValue(record: StoredRecord): { start_signed_meter_value?: SignedMeterValue } {
  const value = record.startValue;
  return value === undefined ? {} : { start_signed_meter_value: signedMeterValue(value, value.publicKey) };
}

/** The record's text; bytes that are no UTF-8 (a corrupted file) show as replacement characters. */
export function ocmfText(record: StoredRecord): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(record.ocmf);
}

/** An uncompressed point begins with 04h, a SubjectPublicKeyInfo with 30h. */
function spkiOf(publicKey: string): string {
  if (!publicKey.startsWith("04")) return publicKey;
  try {
    return pointToSpki(publicKey);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    // The record is worth more than its key, which is also in public_key
    return "";
  }
}

function time<K extends string>(name: K, ms: number | undefined): { [key in K]?: string } {
  return ms === undefined ? {} : { [name]: timestamp(ms) } as { [key in K]?: string };
}

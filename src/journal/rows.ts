import type { MeterPlace, RecordReason, StoredChange, StoredRecord, StoredState, StoredTransaction } from "./types.ts";

/** A row of the database by its column names. */
export type Row = Readonly<Record<string, unknown>>;

/** A row of `transactions`. */
export function toTransaction(row: Row): StoredTransaction {
  return {
    seq: integer(row, "seq"),
    meter: text(row, "meter"),
    meterId: text(row, "meter_id"),
    transactionId: text(row, "transaction_id"),
    evseId: optionalText(row, "evse_id"),
    request: optionalText(row, "request"),
    state: text(row, "state") as StoredState,
    reason: optionalText(row, "reason"),
    startValue: json(row, "start_value"),
    startedAtMs: optionalInteger(row, "started_at"),
    stoppedAtMs: optionalInteger(row, "stopped_at"),
    recordSeq: optionalInteger(row, "record_seq"),
  };
}

/** A row of `changes`. */
export function toChange(row: Row): StoredChange {
  return { state: text(row, "state") as StoredState, reason: optionalText(row, "reason"), atMs: integer(row, "at") };
}

/** A row of `records`. */
export function toRecord(row: Row): StoredRecord {
  const ocmf = row["ocmf"];
  if (!(ocmf instanceof Uint8Array)) throw new TypeError("Column ocmf holds no bytes");
  return {
    seq: integer(row, "seq"),
    messageId: text(row, "message_id"),
    meter: text(row, "meter"),
    meterId: text(row, "meter_id"),
    transactionId: optionalText(row, "transaction_id"),
    evseId: optionalText(row, "evse_id"),
    reason: text(row, "reason") as RecordReason,
    ocmf,
    publicKey: text(row, "public_key"),
    signingMethod: text(row, "signing_method"),
    verdict: json(row, "verdict"),
    startValue: json(row, "start_value"),
    startedAtMs: optionalInteger(row, "started_at"),
    readAtMs: integer(row, "read_at"),
    deliveredAtMs: optionalInteger(row, "delivered_at"),
  };
}

/** A row of `places`. */
export function toPlace(row: Row): MeterPlace {
  const exchangedId = optionalText(row, "exchanged_id");
  return {
    meterId: text(row, "meter_id"),
    exchanged: exchangedId === undefined ? undefined : { meterId: exchangedId, atMs: integer(row, "exchanged_at") },
  };
}

/** A whole number that may be NULL. */
export function optionalInteger(row: Row, column: string): number | undefined {
  const value = row[column];
  return typeof value === "number" ? value : undefined;
}

/** A text that may be NULL. */
export function optionalText(row: Row, column: string): string | undefined {
  const value = row[column];
  return typeof value === "string" ? value : undefined;
}

function integer(row: Row, column: string): number {
  const value = row[column];
  if (typeof value !== "number") throw new TypeError(`Column ${column} holds no number`);
  return value;
}

function text(row: Row, column: string): string {
  const value = row[column];
  if (typeof value !== "string") throw new TypeError(`Column ${column} holds no text`);
  return value;
}

/** What the journal itself wrote as JSON: its shape is known. */
function json<T>(row: Row, column: string): T | undefined {
  const value = optionalText(row, column);
  return value === undefined ? undefined : JSON.parse(value) as T;
}

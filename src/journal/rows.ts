import { messageId } from "./message_id.ts";
import { Columns, isJson, optionalInteger, type Row } from "./row_values.ts";
import {
  type MeterMemory,
  type MeterPlace,
  recordReasons,
  type StartValue,
  type StoredChange,
  type StoredRecord,
  type StoredState,
  type StoredTransaction,
  type StoredVerdict,
  transactionStates,
} from "./types.ts";

/** The value of a row, and the columns that could not be read. */
export interface ReadRow<T> {
  readonly value: T;
  readonly unreadable: readonly string[];
}

/** The name under which a record is published if its meter cannot be read; no configured meter can have this name. */
const unknownMeter = "_unknown";

/**
 * A row of `transactions`; undefined: its number cannot be read.
 *
 * @param lastState returns the state of its last change; called if its own state cannot be read
 */
export function toTransaction(
  row: Row,
  lastState: (seq: number) => string | undefined,
): ReadRow<StoredTransaction> | undefined {
  const seq = optionalInteger(row, "seq");
  if (seq === undefined) return undefined;
  const columns = new Columns(row);
  const recordSeq = columns.integer("record_seq");
  const value: StoredTransaction = {
    seq,
    meter: columns.requiredText("meter", () => unknownMeter, isToken),
    meterId: columns.requiredText("meter_id", () => ""),
    transactionId: columns.requiredText("transaction_id", () => ""),
    evseId: columns.text("evse_id"),
    request: columns.text("request", isJson),
    state: columns.oneOf("state", transactionStates, () => stateOf(lastState(seq), recordSeq)),
    reason: columns.text("reason"),
    startValue: columns.json("start_value", isStartValue),
    startedAtMs: columns.timeMs("started_at"),
    stoppedAtMs: columns.timeMs("stopped_at"),
    recordSeq,
  };
  return { value, unreadable: columns.unreadable };
}

/** A transaction without a record may still be on its meter: `running` makes the service read the meter. */
function stateOf(lastState: string | undefined, recordSeq: number | undefined): StoredState {
  return transactionStates.find((state) => state === lastState) ?? (recordSeq === undefined ? "running" : "finished");
}

/** A row of `changes`. */
export function toChange(row: Row): ReadRow<StoredChange> {
  const columns = new Columns(row);
  const value: StoredChange = {
    state: columns.oneOf("state", transactionStates, () => "running"),
    reason: columns.text("reason"),
    atMs: columns.requiredTimeMs("at", 0),
  };
  return { value, unreadable: columns.unreadable };
}

/** A row of `records`; undefined: its number cannot be read. */
export function toRecord(row: Row): ReadRow<StoredRecord> | undefined {
  const seq = optionalInteger(row, "seq");
  if (seq === undefined) return undefined;
  const columns = new Columns(row);
  const [meterId, ocmf] = [columns.requiredText("meter_id", () => ""), columns.bytes("ocmf")];
  const transactionId = columns.text("transaction_id");
  const startedAtMs = columns.timeMs("started_at");
  const deliveredAtMs = columns.timeMs("delivered_at");
  const value: StoredRecord = {
    seq,
    messageId: columns.requiredText("message_id", () => messageId(meterId, ocmf, transactionId), isMessageId),
    meter: columns.requiredText("meter", () => unknownMeter, isToken),
    meterId,
    transactionId,
    evseId: columns.text("evse_id"),
    reason: columns.oneOf("reason", recordReasons, () => "recovered"),
    ocmf,
    publicKey: columns.requiredText("public_key", () => "", isHex),
    signingMethod: columns.requiredText("signing_method", () => ""),
    verdict: columns.json("verdict", isVerdict),
    startValue: columns.json("start_value", isStartValue),
    startedAtMs,
    readAtMs: columns.requiredTimeMs("read_at", deliveredAtMs ?? startedAtMs ?? 0),
    deliveredAtMs,
  };
  return { value, unreadable: columns.unreadable };
}

/** A row of `meters`. */
export function toMemory(row: Row): ReadRow<MeterMemory> {
  const columns = new Columns(row);
  const value = { firstKey: columns.text("first_key", isHex), lastPagination: columns.integer("last_pagination") };
  return { value, unreadable: columns.unreadable };
}

/** A row of `places`; undefined: the meter id cannot be read. */
export function toPlace(row: Row): ReadRow<MeterPlace | undefined> {
  const columns = new Columns(row);
  const meterId = columns.requiredText("meter_id", () => "");
  const exchangedId = columns.text("exchanged_id");
  const replaced = exchangedId === undefined
    ? undefined
    : { meterId: exchangedId, atMs: columns.requiredTimeMs("exchanged_at", 0) };
  return { value: meterId === "" ? undefined : { meterId, replaced }, unreadable: columns.unreadable };
}

/** Configured names are tokens of a subject. */
function isToken(text: string): boolean {
  return /^[A-Za-z0-9_-]+$/.test(text);
}

/** A message id is the value of a NATS header. */
function isMessageId(text: string): boolean {
  return /^[\x21-\x7e]+$/.test(text);
}

function isHex(text: string): boolean {
  return /^(?:[0-9A-Fa-f]{2})*$/.test(text);
}

function isVerdict(value: unknown): value is StoredVerdict {
  const { signature, session, key, problems } = fieldsOf(value);
  return isOneOf(signature, ["valid", "invalid", "unverifiable", "malformed"]) &&
    isOneOf(session, ["ok", "violated", "unknown"]) && isOneOf(key, ["pinned", "first_seen", "changed"]) &&
    Array.isArray(problems) && problems.every((problem) => typeof problem === "string");
}

function isStartValue(value: unknown): value is StartValue {
  const { data, signature, signingMethod, publicKey, takenAtMs } = fieldsOf(value);
  return [data, signature, publicKey].every((hex) => typeof hex === "string" && isHex(hex)) &&
    typeof signingMethod === "string" && Number.isSafeInteger(takenAtMs) &&
    !Number.isNaN(Number(new Date(Number(takenAtMs))));
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

function isOneOf(value: unknown, values: readonly string[]): boolean {
  return typeof value === "string" && values.includes(value);
}

import { decimalText } from "./decimal.ts";
import { type Json, JsonNumber } from "./json.ts";
import {
  fieldMeanings,
  levelMeaning,
  statusMeaning,
  timeMeaning,
  transactionMeaning,
  verdictMeaning,
} from "./meanings.ts";
import { obisMeaning } from "./obis.ts";
import { fieldText, type OcmfRecord, parseRecord, type RecordReading, transactionIdOf } from "./record.ts";
import { sessionReadings } from "./session_registers.ts";
import type { Verification } from "./types.ts";

/** One line of an explanation. */
export interface Explanation {
  /** Key in the record (`PG`, `RD 1`), or a derived value (`energy`, `signature`). */
  readonly field: string;
  /** The value in the record. */
  readonly value: string;
  /** Its meaning. */
  readonly meaning: string;
}

/**
 * Explains a record field by field, with its verification. Never throws: an invalid record has only the verification.
 *
 * @param verification what `verifyRecord` returned for these bytes
 * @returns the fields in the order of the record, then energy (kWh) and duration of its session, then the verdicts
 */
export function explainRecord(ocmf: Uint8Array, verification: Verification): Explanation[] {
  return [...explainContent(ocmf), ...explainVerdicts(verification)];
}

function explainContent(ocmf: Uint8Array): Explanation[] {
  let record: OcmfRecord;
  try {
    record = parseRecord(ocmf);
  } catch {
    return [];
  }
  return [
    ...explainFields(record),
    ...record.readings.map((reading, index) => explainReading(reading, index + 1)),
    ...explainSession(record),
    ...explainSignature(record),
  ];
}

function explainFields(record: OcmfRecord): Explanation[] {
  return Object.entries(fieldMeanings).flatMap(([field, meaning]) => {
    const value = record.fields.get(field);
    if (value === undefined) return [];
    return [{ field, value: valueText(value), meaning: `${meaning}${fieldRemark(record, field)}` }];
  });
}

function fieldRemark(record: OcmfRecord, field: string): string {
  const text = fieldText(record, field);
  if (field === "IL" && text !== undefined) return `: ${levelMeaning(text)}`;
  if (field === "IS") return record.fields.get("IS") === false ? ": no user is assigned" : ": a user is assigned";
  if (field === "PG") return text?.startsWith("F") ? " of the fiscal records" : " of the transaction records";
  const transactionId = field === "TT" && text !== undefined ? transactionIdOf(text) : undefined;
  return transactionId === undefined ? "" : `, for transaction ${transactionId}`;
}

function explainReading(reading: RecordReading, number: number): Explanation {
  const value = [reading.rv, reading.ru, reading.tm && `at ${reading.tm}`].filter(Boolean).join(" ");
  const meaning = [
    reading.tx === undefined ? "outside of a transaction" : transactionMeaning(reading.tx),
    reading.ri === undefined ? undefined : `${reading.ri}: ${obisMeaning(reading.ri)}`,
    reading.tm === undefined ? undefined : timeMeaning(reading.time?.flag ?? ""),
    reading.st === undefined ? "no status" : `status ${reading.st}: ${statusMeaning(reading.st)}`,
    reading.ef ? `error flags ${reading.ef}` : undefined,
    reading.cl === undefined ? undefined : `cumulated loss ${reading.cl} ${reading.ru ?? ""}`.trim(),
  ];
  return { field: `RD ${number}`, value, meaning: meaning.filter((part) => part !== undefined).join("; ") };
}

function explainSession(record: OcmfRecord): Explanation[] {
  const { registers, begin, end } = sessionReadings(record);
  const lines = registers.flatMap((register): Explanation[] => {
    const { isBilled, energy, ri, end } = register;
    if (!isBilled || energy === undefined) return [];
    const value = `${decimalText(energy)} ${end?.ru ?? ""}`.trim();
    return [{ field: "energy", value, meaning: `end value minus begin value of ${ri ?? "the register"}` }];
  });
  if (!begin?.time || !end?.time) return lines;
  const value = durationText(end.time.epochMs - begin.time.epochMs);
  return [...lines, { field: "duration", value, meaning: "from begin to end (hours:minutes:seconds)" }];
}

function explainSignature(record: OcmfRecord): Explanation[] {
  const { algorithm, data } = record.signature;
  const assumed = algorithm === undefined ? ", the default: the record has none" : "";
  const value = algorithm ?? "ECDSA-secp256r1-SHA256";
  return [
    { field: "SA", value, meaning: `signature algorithm${assumed}` },
    { field: "SD", value: data, meaning: "the signature of all bytes of the payload" },
  ];
}

function explainVerdicts(verification: Verification): Explanation[] {
  const { signature, session, key, problems } = verification;
  return [
    { field: "signature", value: signature, meaning: verdictMeaning("signature", signature) },
    { field: "session", value: session, meaning: verdictMeaning("session", session) },
    { field: "key", value: key, meaning: verdictMeaning("key", key) },
    ...problems.map((problem) => ({ field: "problem", value: "", meaning: problem })),
  ];
}

function valueText(value: Json): string {
  if (value === null) return "";
  if (typeof value === "string") return value;
  if (typeof value === "boolean") return value ? "true" : "false";
  if (value instanceof JsonNumber) return value.source;
  if (value instanceof Map) return [...value].map(([key, member]) => `${key} ${valueText(member)}`).join(", ");
  return Array.isArray(value) ? value.map(valueText).join(", ") : "";
}

function durationText(ms: number): string {
  const seconds = Math.abs(Math.round(ms / 1000));
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return (ms < 0 ? "-" : "") + parts.map((part) => String(part).padStart(2, "0")).join(":");
}

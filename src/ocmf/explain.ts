import { decimalText } from "./decimal.ts";
import { type Json, JsonNumber } from "./json.ts";
import { englishWords, levelMeaning, statusMeaning, timeMeaning } from "./meanings.ts";
import { obisMeaning } from "./obis.ts";
import { ParsedRecord } from "./parsed_record.ts";
import { fieldText, type OcmfRecord, type RecordReading, transactionIdOf } from "./record.ts";
import { sessionReadings } from "./session_registers.ts";
import type { Verification } from "./types.ts";
import type { ExplanationWords } from "./words.ts";

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
  return explainInWords(ocmf, verification, englishWords);
}

/** Like {@linkcode explainRecord}, in another language. The sentences of the problems stay in English. */
export function explainInWords(
  ocmf: Uint8Array,
  verification: Verification,
  words: ExplanationWords,
): Explanation[] {
  return [...explainContent(ocmf, words), ...explainVerdicts(verification, words)];
}

function explainContent(ocmf: Uint8Array, words: ExplanationWords): Explanation[] {
  const { readable: record } = new ParsedRecord(ocmf);
  if (record === undefined) return [];
  return [
    ...explainFields(record, words),
    ...record.readings.map((reading, index) => explainReading(reading, index + 1, words)),
    ...explainSession(record, words),
    ...explainSignature(record, words),
  ];
}

function explainFields(record: OcmfRecord, words: ExplanationWords): Explanation[] {
  return Object.entries(words.fields).flatMap(([field, meaning]) => {
    const value = record.fields.get(field);
    if (value === undefined) return [];
    return [{ field, value: valueText(value), meaning: `${meaning}${fieldRemark(record, field, words)}` }];
  });
}

function fieldRemark(record: OcmfRecord, field: string, words: ExplanationWords): string {
  const text = fieldText(record, field);
  if (field === "IL" && text !== undefined) return `: ${levelMeaning(text, words)}`;
  if (field === "IS") return `: ${record.fields.get("IS") === false ? words.notAssigned : words.assigned}`;
  if (field === "PG") return ` ${text?.startsWith("F") ? words.ofFiscals : words.ofTransactions}`;
  const transactionId = field === "TT" && text !== undefined ? transactionIdOf(text) : undefined;
  return transactionId === undefined ? "" : `, ${words.forTransaction(transactionId)}`;
}

function explainReading(reading: RecordReading, number: number, words: ExplanationWords): Explanation {
  const { tx, ri, tm, st, ef, cl, rv, ru } = reading;
  const value = [rv, ru, tm && `${words.at} ${tm}`].filter(Boolean).join(" ");
  const meaning = [
    tx === undefined ? words.outside : words.marks[tx] ?? words.unknown.mark,
    ri === undefined ? undefined : `${ri}: ${obisMeaning(ri, words)}`,
    tm === undefined ? undefined : timeMeaning(reading.time?.flag ?? "", words),
    st === undefined ? words.noStatus : words.status(st, statusMeaning(st, words)),
    ef ? words.errorFlags(ef) : undefined,
    cl === undefined ? undefined : words.loss(`${cl} ${ru ?? ""}`.trim()),
  ];
  return { field: `RD ${number}`, value, meaning: meaning.filter((part) => part !== undefined).join("; ") };
}

function explainSession(record: OcmfRecord, words: ExplanationWords): Explanation[] {
  const { registers, begin, end } = sessionReadings(record);
  const lines = registers.flatMap((register): Explanation[] => {
    const { isBilled, energy, ri, end } = register;
    if (!isBilled || energy === undefined) return [];
    const value = `${decimalText(energy)} ${end?.ru ?? ""}`.trim();
    return [{ field: "energy", value, meaning: words.energy(ri ?? words.theRegister) }];
  });
  if (!begin?.time || !end?.time) return lines;
  const value = durationText(end.time.epochMs - begin.time.epochMs);
  return [...lines, { field: "duration", value, meaning: words.duration }];
}

function explainSignature(record: OcmfRecord, words: ExplanationWords): Explanation[] {
  const { algorithm, data } = record.signature;
  const assumed = algorithm === undefined ? `, ${words.assumed}` : "";
  const value = algorithm ?? "ECDSA-secp256r1-SHA256";
  return [
    { field: "SA", value, meaning: `${words.algorithm}${assumed}` },
    { field: "SD", value: data, meaning: words.signatureData },
  ];
}

function explainVerdicts(verification: Verification, { verdicts }: ExplanationWords): Explanation[] {
  const { signature, session, key, problems } = verification;
  return [
    { field: "signature", value: signature, meaning: verdicts[`signature ${signature}`] ?? "" },
    { field: "session", value: session, meaning: verdicts[`session ${session}`] ?? "" },
    { field: "key", value: key, meaning: verdicts[`key ${key}`] ?? "" },
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

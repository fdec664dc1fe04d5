import { type Decimal, parseDecimal } from "./decimal.ts";
import { isObject, type Json, type JsonObject, parseJson, scalarText } from "./json.ts";
import { splitRecord } from "./split.ts";
import { decodeText } from "./text_bytes.ts";
import { parseTimeMark, type TimeMark } from "./time_mark.ts";

/** The signature section of a record. */
export interface SignatureSection {
  /** SA; versions up to 0.4 have it in the payload. */
  readonly algorithm: string | undefined;
  /** SE; `hex` if absent. */
  readonly encoding: string | undefined;
  /** SD, unchanged. */
  readonly data: string;
}

/** One element of RD; values that the record omits because they are equal to the previous reading are filled in. */
export interface RecordReading {
  readonly time: TimeMark | undefined;
  /** RV as a number; undefined if it is not a number. */
  readonly value: Decimal | undefined;
  /** CL as a number. */
  readonly loss: Decimal | undefined;
  /** Original texts; TX and ST in upper case. */
  readonly tm: string | undefined;
  readonly tx: string | undefined;
  readonly rv: string | undefined;
  readonly ri: string | undefined;
  readonly ru: string | undefined;
  readonly rt: string | undefined;
  readonly cl: string | undefined;
  readonly ef: string | undefined;
  readonly st: string | undefined;
  readonly ei: string | undefined;
}

/** A parsed record. */
export interface OcmfRecord {
  /** The signed bytes. */
  readonly payload: Uint8Array;
  readonly fields: JsonObject;
  readonly readings: readonly RecordReading[];
  readonly signature: SignatureSection;
  /** Duplicate keys in one object. */
  readonly duplicateKeys: readonly string[];
}

const carriedKeys = ["TM", "TX", "RI", "RU", "RT", "EF", "ST", "EI"] as const;
const ownKeys = ["RV", "CL"] as const;
const paginationModulus = 2 ** 32;
/** RD, and the keys in its elements that a {@linkcode RecordReading} is made from. */
export const readingKeys: readonly string[] = ["RD", ...carriedKeys, ...ownKeys];

/**
 * Parses a record.
 * @throws {SyntaxError} it is not an OCMF record: header, separators, JSON or SD are missing or invalid
 */
export function parseRecord(ocmf: Uint8Array): OcmfRecord {
  const sections = splitRecord(ocmf);
  const payload = parseSection(sections.payload, "payload");
  const signature = parseSection(sections.signature, "signature");
  const data = scalarText(signature.members.get("SD"))?.trim();
  if (!data) throw new SyntaxError("Cannot read the OCMF record: the signature section has no SD");
  const algorithm = scalarText(signature.members.get("SA")) ?? scalarText(payload.members.get("SA"));
  const encoding = scalarText(signature.members.get("SE"));
  return {
    payload: sections.payload,
    fields: payload.members,
    readings: parseReadings(payload.members.get("RD")),
    signature: { algorithm, encoding, data },
    duplicateKeys: [...payload.duplicateKeys, ...signature.duplicateKeys],
  };
}

/** Returns the text of a field of the payload, trimmed; undefined if it is absent or empty. */
export function fieldText(record: OcmfRecord, key: string): string | undefined {
  return scalarText(record.fields.get(key))?.trim() || undefined;
}

/** Returns the serial number of the meter: MS, or GS if there is no MS. */
export function serialNumberOf(record: OcmfRecord): string | undefined {
  return fieldText(record, "MS") ?? fieldText(record, "GS");
}

/** Returns the text after the last `<=>` of a tariff text, trimmed. */
export function transactionIdOf(tariffText: string): string | undefined {
  return splitTariffText(tariffText).transactionId;
}

/** Splits a tariff text at its last `<=>`; both parts are trimmed, and undefined if they are empty. */
export function splitTariffText(
  tariffText: string,
): { readonly text: string | undefined; readonly transactionId: string | undefined } {
  const mark = tariffText.lastIndexOf("<=>");
  const end = mark < 0 ? tariffText.length : mark;
  return {
    text: tariffText.slice(0, end).trim() || undefined,
    transactionId: tariffText.slice(end + 3).trim() || undefined,
  };
}

/** Parses letter and number of PG: `T23`. Undefined for other forms. */
export function parsePagination(text: string): { letter: "T" | "F"; number: number } | undefined {
  const parts = /^\s*([TF])(\d{1,15})\s*$/.exec(text);
  return parts === null ? undefined : { letter: parts[1] === "F" ? "F" : "T", number: Number(parts[2]) };
}

/** Whether a pagination follows another one. Version 1.0 wraps it around. */
export function isNextPagination(number: number, before: number): boolean {
  const next = before + 1;
  return number === next || number === next % paginationModulus;
}

/** Whether a TX marks an end: E, L (local), R (remote), A (abort) or P (power loss). */
export function isEnd(tx: string | undefined): boolean {
  return tx !== undefined && ["E", "L", "R", "A", "P"].includes(tx);
}

function parseSection(bytes: Uint8Array, name: string): { members: JsonObject; duplicateKeys: readonly string[] } {
  try {
    const { value, duplicateKeys } = parseJson(decodeText(bytes));
    if (isObject(value)) return { members: value, duplicateKeys };
  } catch (cause) {
    throw new SyntaxError(`Cannot read the OCMF record: the ${name} section is not JSON`, { cause });
  }
  throw new SyntaxError(`Cannot read the OCMF record: the ${name} section is not a JSON object`);
}

function parseReadings(value: Json | undefined): RecordReading[] {
  const elements: readonly Json[] = Array.isArray(value) ? value : [];
  const carried = new Map<string, string>();
  return elements.filter(isObject).map((element) => {
    for (const key of carriedKeys) {
      const text = scalarText(element.get(key));
      if (text !== undefined) carried.set(key, text.trim());
    }
    const own = ownKeys.map((key) => [key, scalarText(element.get(key))?.trim()] as const);
    return toReading(new Map([...carried, ...own.filter((entry): entry is [typeof entry[0], string] => !!entry[1])]));
  });
}

function toReading(texts: ReadonlyMap<string, string>): RecordReading {
  const tm = texts.get("TM");
  const rv = texts.get("RV");
  const cl = texts.get("CL");
  return {
    time: tm === undefined ? undefined : parseTimeMark(tm),
    value: rv === undefined ? undefined : parseDecimal(rv),
    loss: cl === undefined ? undefined : parseDecimal(cl),
    tm,
    tx: texts.get("TX")?.toUpperCase(),
    rv,
    ri: texts.get("RI"),
    ru: texts.get("RU"),
    rt: texts.get("RT"),
    cl,
    ef: texts.get("EF"),
    st: texts.get("ST")?.toUpperCase(),
    ei: texts.get("EI"),
  };
}

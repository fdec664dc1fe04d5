import { ParsedRecord } from "./parsed_record.ts";
import { idBeforePointType } from "./raw_texts.ts";
import { fieldText, parsePagination, serialNumberOf, transactionIdOf } from "./record.ts";
import { sessionReadings } from "./session_registers.ts";
import { decodeText } from "./text_bytes.ts";

/** Values in a record, also in a damaged one. A missing value is absent. */
export interface RecordFacts {
  /** The text after the last `<=>` of TT, trimmed. */
  readonly transactionId?: string;
  /** CI. */
  readonly evseId?: string;
  /** MS, or GS if there is no MS. */
  readonly serialNumber?: string;
  /** Number of PG: 23 for `T23`. */
  readonly pagination?: number;
  /** Letter of PG: transaction or fiscal. */
  readonly paginationLetter?: "T" | "F";
  /** TX of the last reading: `P` when the meter closed the transaction after a power loss. */
  readonly lastTx?: string;
  /** TM of the reading of the billed register that is marked as begin, milliseconds since 1970. */
  readonly beginAtMs?: number;
  /** TM of the reading of the billed register that is marked as the end, milliseconds since 1970. */
  readonly endAtMs?: number;
}

/** A source of values: an intact or a damaged record. */
interface Source {
  field(key: string): string | undefined;
  readonly serialNumber: string | undefined;
  readonly lastTx: string | undefined;
  readonly beginAtMs?: number | undefined;
  readonly endAtMs?: number | undefined;
}

/**
 * Reads the values of a record that the journal needs. Never throws: what cannot be read is absent.
 *
 * @param ocmf the bytes of a record; the signature is not checked
 */
export function recordFacts(ocmf: Uint8Array): RecordFacts {
  return parsedFacts(new ParsedRecord(ocmf));
}

/** Like {@linkcode recordFacts}, for a parsed record. */
export function parsedFacts(record: ParsedRecord): RecordFacts {
  const { field, serialNumber, lastTx, beginAtMs, endAtMs } = openSource(record);
  const transactionId = transactionIdIn(record.ocmf, field("TT"));
  const evseId = field("CI");
  const pagination = parsePagination(field("PG") ?? "");
  return {
    ...(transactionId === undefined ? {} : { transactionId }),
    ...(evseId === undefined ? {} : { evseId }),
    ...(serialNumber === undefined ? {} : { serialNumber }),
    ...(pagination === undefined ? {} : { pagination: pagination.number, paginationLetter: pagination.letter }),
    ...(lastTx === undefined ? {} : { lastTx }),
    ...(beginAtMs === undefined ? {} : { beginAtMs }),
    ...(endAtMs === undefined ? {} : { endAtMs }),
  };
}

/**
 * The transaction id in a record.
 *
 * @param tariffText TT of the record, as a JSON parser reads it
 */
export function transactionIdIn(ocmf: Uint8Array, tariffText: string | undefined): string | undefined {
  return idBeforePointType(ocmf) ?? transactionIdOf(tariffText ?? "");
}

function openSource({ ocmf, readable: record }: ParsedRecord): Source {
  if (record === undefined) return damagedSource(decodeText(ocmf));
  const { begin, end } = sessionReadings(record);
  return {
    field: (key) => fieldText(record, key),
    serialNumber: serialNumberOf(record),
    lastTx: record.readings.at(-1)?.tx,
    beginAtMs: begin?.time?.epochMs,
    endAtMs: end?.time?.epochMs,
  };
}

/** Finds members in a text that cannot be parsed. */
function damagedSource(text: string): Source {
  const field = (key: string) => memberText(text, key);
  const lastTx = [...text.matchAll(/"TX"\s*:\s*"([A-Za-z])"/g)].at(-1)?.[1]?.toUpperCase();
  return {
    field,
    serialNumber: field("MS") ?? field("GS"),
    lastTx,
  };
}

function memberText(text: string, key: string): string | undefined {
  const literal = new RegExp(`"${key}"\\s*:\\s*("[^"\\\\]*(?:\\\\.[^"\\\\]*)*")`, "s").exec(text)?.[1];
  if (literal === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(literal);
    return String(value).trim() || undefined;
  } catch {
    return literal.slice(1, -1).trim() || undefined;
  }
}

import { idBeforePointType } from "./raw_texts.ts";
import { isEnd, parsePagination, parseRecord, type RecordReading, serialNumberOf, transactionIdOf } from "./record.ts";
import { fieldText } from "./record.ts";
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
  /** TM of the first reading marked as begin, milliseconds since 1970. */
  readonly beginAtMs?: number;
  /** TM of the last reading marked as an end, milliseconds since 1970. */
  readonly endAtMs?: number;
}

/** A source of values: an intact or a damaged record. */
interface Source {
  field(key: string): string | undefined;
  readonly serialNumber: string | undefined;
  readonly readings: readonly Pick<RecordReading, "tx" | "time">[];
}

/**
 * Reads the values of a record that the journal needs. Never throws: what cannot be read is absent.
 *
 * @param ocmf the bytes of a record; the signature is not checked
 */
export function recordFacts(ocmf: Uint8Array): RecordFacts {
  const { field, serialNumber, readings } = openSource(ocmf);
  const transactionId = idBeforePointType(ocmf) ?? transactionIdOf(field("TT") ?? "");
  const evseId = field("CI");
  const pagination = parsePagination(field("PG") ?? "");
  const lastTx = readings.at(-1)?.tx;
  const begin = readings.find((reading) => reading.tx === "B");
  const end = readings.findLast((reading) => isEnd(reading.tx));
  return {
    ...(transactionId === undefined ? {} : { transactionId }),
    ...(evseId === undefined ? {} : { evseId }),
    ...(serialNumber === undefined ? {} : { serialNumber }),
    ...(pagination === undefined ? {} : { pagination: pagination.number, paginationLetter: pagination.letter }),
    ...(lastTx === undefined ? {} : { lastTx }),
    ...(begin?.time === undefined ? {} : { beginAtMs: begin.time.epochMs }),
    ...(end?.time === undefined ? {} : { endAtMs: end.time.epochMs }),
  };
}

function openSource(ocmf: Uint8Array): Source {
  try {
    const record = parseRecord(ocmf);
    return {
      field: (key) => fieldText(record, key),
      serialNumber: serialNumberOf(record),
      readings: record.readings,
    };
  } catch {
    return damagedSource(decodeText(ocmf));
  }
}

/** Finds members in a text that cannot be parsed. */
function damagedSource(text: string): Source {
  const field = (key: string) => memberText(text, key);
  const lastTx = [...text.matchAll(/"TX"\s*:\s*"([A-Za-z])"/g)].at(-1)?.[1]?.toUpperCase();
  return {
    field,
    serialNumber: field("MS") ?? field("GS"),
    readings: lastTx === undefined ? [] : [{ tx: lastTx, time: undefined }],
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

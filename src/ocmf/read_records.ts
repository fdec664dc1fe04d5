import { parseBoundedJson } from "../base/bounded_json.ts";
import { recordsInOcpp } from "./ocpp_messages.ts";
import { isHeaded } from "./split.ts";
import { decodeText, fromBase64, fromHex } from "./text_bytes.ts";
import { findElements, type XmlElement } from "./xml.ts";

/** A record in a file or stream. */
export interface RecordInput {
  /** Its id in the source. */
  readonly id?: string | number;
  /** The bytes of the record; empty if there is a problem. */
  readonly ocmf: Uint8Array;
  /** The key in the source, in any form. */
  readonly publicKey?: string;
  /** The expected transaction id, from an `OcmfResult`. */
  readonly transactionId?: string;
  /** Records of one group may contain begin and end of one session. */
  readonly group?: string;
  /** Why the record is missing. */
  readonly problem?: string;
}

const nothing = new Uint8Array();
const encoder = new TextEncoder();
/** Maximum number of invalid lines: a file with more is not a file of records. */
const maxBroken = 1000;

/**
 * Reads the records in a file: an OCMF text, several of them line by line, an `OcmfResult`, JSON lines of `{id?, ocmf,
 * public_key}`, the reply to a stop, transactions with their `records`, a message of OCPP, or the XML of the S.A.F.E.
 * transparency software. Empty if there are none. An invalid line or element between others becomes an entry with its problem.
 */
export function readRecords(bytes: Uint8Array): RecordInput[] {
  const text = decodeText(bytes).replace(/^\ufeff/, "").trim();
  if (text.startsWith("<")) return fromXml(decodeXml(bytes));
  if (!/^\0*\w+\|/.test(text)) return fromJson(text);
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== "");
  const isOneEach = lines.length > 1 && lines.every((line) => line.startsWith("OCMF|"));
  return isOneEach ? lines.map((line) => ({ ocmf: encode(line) })) : [{ ocmf: bytes }];
}

function fromJson(text: string): RecordInput[] {
  const whole = parse(text);
  const inOcpp = recordsInOcpp(whole);
  if (inOcpp.length > 0) return inOcpp;
  return anyRecord(whole === undefined ? jsonLines(text) : Array.isArray(whole) ? whole : [whole]);
}

/** Parses each line; undefined for a line that is not an object. */
function* jsonLines(text: string): Generator<unknown> {
  for (let start = 0, end = 0; start < text.length; start = end + 1) {
    end = text.indexOf("\n", start);
    if (end < 0) end = text.length;
    const line = text.slice(start, end).trim();
    if (line !== "") yield line.startsWith("{") ? parse(line) : undefined;
  }
}

/** Returns all records, with a problem for each invalid one; empty if all are invalid. */
function anyRecord(values: Iterable<unknown>): RecordInput[] {
  const inputs: RecordInput[] = [];
  let isAny = false;
  let broken = 0;
  for (const value of values) {
    for (const input of fromJsonValue(value)) {
      inputs.push(input);
      if (input.problem === undefined) isAny = true;
      if (input.problem !== undefined || !isHeaded(input.ocmf)) broken++;
    }
    if (broken > maxBroken) {
      inputs.push({ ocmf: nothing, problem: `More than ${maxBroken} lines are not records: the rest is not read` });
      break;
    }
  }
  return isAny ? inputs : [];
}

function fromJsonValue(value: unknown): RecordInput[] {
  if (isObject(value) && value["ocmf"] === undefined) {
    const inOcpp = recordsInOcpp(value);
    if (inOcpp.length > 0) return inOcpp;
    const { records, signed_meter_value: signed, ...others } = value;
    if (Array.isArray(records)) return records.map(fromObject);
    if (isObject(signed)) {
      const { signed_meter_data: data, public_key: publicKey } = signed;
      const isRecord = typeof data === "string" && data.startsWith("OCMF|");
      return [fromObject({ ...others, ...(isRecord && { ocmf: data, "public_key": publicKey }) })];
    }
  }
  return [fromObject(value)];
}

function fromObject(value: unknown): RecordInput {
  if (!isObject(value)) return { ocmf: nothing, problem: "The line is not a JSON object" };
  const { id, ocmf, public_key: publicKey, transaction_id: transactionId } = value;
  const name = isId(id) ? id : isId(transactionId) ? transactionId : undefined;
  return {
    ...(name === undefined ? {} : { id: name }),
    ...(typeof publicKey === "string" && publicKey !== "" ? { publicKey } : {}),
    ...(typeof transactionId === "string" ? { transactionId } : {}),
    ...(typeof ocmf === "string"
      ? { ocmf: encode(ocmf) }
      : { ocmf: nothing, problem: "The line has no text in its member ocmf" }),
  };
}

function fromXml(text: string): RecordInput[] {
  let values: XmlElement[];
  try {
    values = findElements(text, { element: "value", children: ["signedData", "encodedData", "publicKey"] });
  } catch {
    return [];
  }
  return values.flatMap((value): RecordInput[] => {
    const data = childNamed(value, "signedData") ?? childNamed(value, "encodedData");
    if (data === undefined) return [];
    const format = data.attributes.get("format")?.toUpperCase();
    if (format === undefined && data.text.trim() === "") return [];
    const ocmf = decodeData(data.text, data.attributes.get("encoding"));
    const isOcmf = format === undefined ? isHeaded(ocmf) : format === "OCMF";
    if (!isOcmf) return [];
    const group = value.attributes.get("transactionId") ?? data.attributes.get("transactionId");
    const publicKey = childNamed(value, "publicKey")?.text.trim();
    return [{ ocmf, ...(group ? { id: group, group } : {}), ...(publicKey ? { publicKey } : {}) }];
  });
}

/** Does not trust the declared encoding: some files declare `plain` for hex, and vice versa. */
function decodeData(text: string, encoding: string | undefined): Uint8Array {
  const trimmed = text.trim();
  if (trimmed.startsWith("OCMF|")) return encode(trimmed);
  const readers = encoding?.toLowerCase() === "base64" ? [fromBase64, fromHex] : [fromHex, fromBase64];
  for (const read of readers) {
    const bytes = read(trimmed);
    if (bytes !== undefined && bytes.length > 0) return bytes;
  }
  return encode(trimmed);
}

function decodeXml(bytes: Uint8Array): string {
  const declared = /^[^>]*encoding\s*=\s*["']([\w-]+)["']/.exec(
    new TextDecoder("latin1").decode(bytes.subarray(0, 200)),
  );
  try {
    return new TextDecoder(declared?.[1] ?? "utf-8", { fatal: true }).decode(bytes);
  } catch {
    return decodeText(bytes);
  }
}

function childNamed(element: XmlElement, name: string): XmlElement | undefined {
  return element.children.find((child) => child.name === name);
}

function parse(text: string): unknown {
  try {
    return parseBoundedJson(text);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isId(value: unknown): value is string | number {
  return (typeof value === "string" && value !== "") || typeof value === "number";
}

function encode(text: string): Uint8Array {
  return encoder.encode(text);
}

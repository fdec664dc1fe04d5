import { isObject, parseJson, scalarText } from "./json.ts";
import type { SignatureSection } from "./record.ts";
import { isHeaded } from "./split.ts";
import { decodeText } from "./text_bytes.ts";

/** A record whose payload is not JSON, split at its apparent sections. */
export interface RawRecord {
  /** The bytes that the meter signed, if it signed the written text. */
  readonly payload: Uint8Array;
  readonly signature: SignatureSection;
  /** Free texts with an unescaped quote or backslash, for example `TT`. */
  readonly texts: readonly string[];
}

/** Free texts, and the member that an EM580 writes after each. */
const freeTexts = [["ID", "TT"], ["TT", "CT"], ["CI", "LC"]] as const;

/**
 * Parses a record with unescaped free texts, which is not valid JSON. Returns undefined if it has another problem.
 */
export function findRawTexts(ocmf: Uint8Array): RawRecord | undefined {
  // One Latin-1 character per byte
  const text = new TextDecoder("latin1").decode(ocmf);
  const start = text.indexOf("{");
  const end = text.lastIndexOf("|{");
  if (!isHeaded(ocmf) || start < 0 || end < start) return undefined;
  const texts = freeTexts.flatMap(([key, next]) => isRaw(text.slice(start, end), key, next) ? [key] : []);
  const signature = signatureSection(text.slice(end + 1).replace(/\0[^]*$/, ""));
  if (texts.length === 0 || signature === undefined) return undefined;
  return { payload: ocmf.subarray(text.indexOf("|") + 1, end), signature, texts };
}

/**
 * Finds the transaction id right before CT, where an EM580 writes it, for any quotes in the text before it: with
 * unescaped quotes, a JSON parser can read a different TT than the meter received.
 */
export function idBeforePointType(ocmf: Uint8Array): string | undefined {
  const ids = decodeText(ocmf).matchAll(/<=>((?:(?!<=>)[^"\\])*)"\s*,\s*"CT"\s*:/g);
  return [...ids].at(-1)?.[1]?.trim() || undefined;
}

function isRaw(payload: string, key: string, next: string): boolean {
  const before = `"${key}":"`;
  const start = payload.indexOf(before);
  const end = payload.lastIndexOf(`","${next}":`);
  if (start < 0 || end < start + before.length) return false;
  try {
    JSON.parse(`"${payload.slice(start + before.length, end)}"`);
    return false;
  } catch {
    return true;
  }
}

function signatureSection(text: string): SignatureSection | undefined {
  try {
    const { value } = parseJson(text);
    const data = isObject(value) ? scalarText(value.get("SD"))?.trim() : undefined;
    if (!isObject(value) || !data) return undefined;
    return { algorithm: scalarText(value.get("SA")), encoding: scalarText(value.get("SE")), data };
  } catch {
    return undefined;
  }
}

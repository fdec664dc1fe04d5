import { type ParsedRecord, parsedToOcpp, pointToSpki } from "../ocmf/mod.ts";
import type { OcmfResult } from "./transaction_schemas.ts";
import { parsedSessionField } from "./session_payload.ts";

/**
 * The fields of a payload that are derived from a record: its forms for OCPP, and its session if the record can be read.
 *
 * @param publicKey in hex, as the meter has it
 */
export function derivedFields(record: ParsedRecord, publicKey: string): Pick<OcmfResult, "ocpp" | "session"> {
  return { ocpp: parsedToOcpp(record, spkiOf(publicKey)), ...parsedSessionField(record) };
}

/** An uncompressed point begins with 04h, a SubjectPublicKeyInfo with 30h. */
function spkiOf(publicKey: string): string {
  if (!publicKey.startsWith("04")) return publicKey;
  try {
    return pointToSpki(publicKey);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    // The record is more important than its key, which is also in public_key
    return "";
  }
}

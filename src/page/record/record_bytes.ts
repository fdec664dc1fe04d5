import type { RecordView } from "../../view/mod.ts";

/** The bytes of a record; none if the message has no record. */
export function recordBytes(
  { ocmf = "", ocmfBase64 }: Pick<RecordView, "ocmf" | "ocmfBase64">,
): Uint8Array<ArrayBuffer> {
  if (ocmfBase64 === undefined) return new TextEncoder().encode(ocmf);
  return Uint8Array.from(atob(ocmfBase64), (character) => character.charCodeAt(0));
}

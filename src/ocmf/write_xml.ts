import { pointToSpki } from "./spki.ts";
import { toBase64 } from "./text_bytes.ts";

/** Start and end of a file for the S.A.F.E. transparency software. */
export const xmlContainer = {
  begin: '<?xml version="1.0" encoding="UTF-8"?>\n<values>\n',
  end: "</values>\n",
} as const;

/** Characters that XML 1.0 can contain, directly or as references. */
const xmlText = /^[\t\n\r -\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u;
const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;" };

/**
 * Writes a record as one value of a file for the S.A.F.E. transparency software, between begin and end of {@linkcode
 * xmlContainer}. Its bytes are preserved: as text if XML can contain them, otherwise as base64, which that software
 * does not decode.
 *
 * @param number id of the transaction: the software accepts only whole numbers, and combines values with the same
 * number
 * @param publicKey upper-case hex of a point or SubjectPublicKeyInfo; written as SubjectPublicKeyInfo; may be empty
 */
export function xmlValue(number: number, ocmf: Uint8Array, publicKey: string): string {
  const text = plainText(ocmf);
  const data = text === undefined
    ? `<signedData format="OCMF" encoding="base64">${toBase64(ocmf)}</signedData>`
    : `<signedData format="OCMF" encoding="plain">${
      text.replaceAll(/[&<>\r]/g, (sign) => entities[sign] ?? sign)
    }</signedData>`;
  const key = publicKey === "" ? [] : [`    <publicKey encoding="plain">${spki(publicKey)}</publicKey>`];
  // A record with begin and end has the context of its end, according to the OCA's application note
  const head = `  <value transactionId="${number}" context="Transaction.End">`;
  return [head, `    ${data}`, ...key, "  </value>", ""].join("\n");
}

/**
 * Returns the text of a record if a reader gets the same bytes back: readers trim the text, and identify a record by
 * its first letters.
 */
function plainText(ocmf: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(ocmf);
    return text.startsWith("OCMF|") && text === text.trim() && xmlText.test(text) ? text : undefined;
  } catch {
    return undefined;
  }
}

function spki(publicKey: string): string {
  try {
    return publicKey.startsWith("04") ? pointToSpki(publicKey) : publicKey;
  } catch {
    return publicKey;
  }
}

import { pointToSpki } from "./spki.ts";

/** What stands before and after the values of a file for the S.A.F.E. transparency software. */
export const xmlContainer = {
  begin: '<?xml version="1.0" encoding="UTF-8"?>\n<values>\n',
  end: "</values>\n",
} as const;

/** Characters that XML 1.0 can hold, as they are or by their number. */
const xmlText = /^[\t\n\r -\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u;
const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;" };

/**
 * A record as one value of a file for the S.A.F.E. transparency software, between begin and end of
 * {@linkcode xmlContainer}. Its bytes survive: as text where XML can hold them, else as base64, which that software
 * does not decode.
 *
 * @param number stands for the transaction: the software takes whole numbers only, and joins values of one number
 * @param publicKey upper-case hex as a point or as SubjectPublicKeyInfo, which is what is written; may be empty
 */
export function xmlValue(number: number, ocmf: Uint8Array, publicKey: string): string {
  const text = plainText(ocmf);
  const data = text === undefined
    ? `<signedData format="OCMF" encoding="base64">${ocmf.toBase64()}</signedData>`
    : `<signedData format="OCMF" encoding="plain">${
      text.replaceAll(/[&<>\r]/g, (sign) => entities[sign] ?? sign)
    }</signedData>`;
  const key = publicKey === "" ? [] : [`    <publicKey encoding="plain">${spki(publicKey)}</publicKey>`];
  // One record holds begin and end; the OCA's note has it stand at the end then
  const head = `  <value transactionId="${number}" context="Transaction.End">`;
  return [head, `    ${data}`, ...key, "  </value>", ""].join("\n");
}

/** The text of a record that reads back to the same bytes: readers trim it, and know a record by its first letters. */
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

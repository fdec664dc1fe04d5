import { cutText } from "../meter/mod.ts";

/** What stands between tariff text and transaction id in TT. */
const separator = "<=>";

/** Bytes that a whole TT may take: the limit of OCMF, one less than the register would hold. */
const maxBytes = 250;

/**
 * The whole TT: tariff text, `<=>`, transaction id, at most 250 bytes. What does not fit is cut from the tariff text,
 * at a character's border; `cut` tells. The id is ASCII and always whole.
 */
export function transactionText(tariffText: string, transactionId: string): { text: string; cut: boolean } {
  const tail = separator + transactionId;
  const kept = cutText(tariffText, maxBytes - tail.length);
  return { text: kept + tail, cut: kept !== tariffText };
}

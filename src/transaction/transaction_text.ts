import { cutText } from "../meter/mod.ts";

/** Separator between tariff text and transaction id in TT. */
const separator = "<=>";

/** Maximum bytes of TT: the limit of OCMF, one less than the register can store. */
const maxBytes = 250;

/**
 * The whole TT: tariff text, `<=>`, transaction id, at most 250 bytes. A tariff text that does not fit is cut between
 * two characters; then `cut` is true. The id is ASCII and never cut.
 */
export function transactionText(tariffText: string, transactionId: string): { text: string; cut: boolean } {
  const tail = separator + transactionId;
  const kept = cutText(tariffText, maxBytes - tail.length);
  return { text: kept + tail, cut: kept !== tariffText };
}

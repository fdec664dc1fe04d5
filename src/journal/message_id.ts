import { createHash } from "node:crypto";
import { serialNumberIn } from "../base/meter_names.ts";

/**
 * The stable message id of a record: the serial number of the meter and a hash of serial number and bytes. Characters
 * that a NATS header may not contain are replaced. The same bytes of the same meter have the same id, even if the year
 * of production could not be read. An empty file is not unique, so its hash includes the id of its transaction.
 */
export function messageId(meterId: string, ocmf: Uint8Array, transactionId: string | undefined): string {
  return earlierMessageId(serialNumberIn(meterId), ocmf, transactionId);
}

/** The message id that earlier releases gave a record: it uses the whole meter id. Stored records keep it. */
export function earlierMessageId(meterId: string, ocmf: Uint8Array, transactionId: string | undefined): string {
  const hash = createHash("sha256").update(meterId).update("\0").update(ocmf);
  if (ocmf.length === 0) hash.update(transactionId ?? "");
  return `${meterId.replaceAll(/[^A-Za-z0-9._-]/g, "_")}.${hash.digest("hex")}`;
}

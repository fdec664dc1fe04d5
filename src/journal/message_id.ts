import { createHash } from "node:crypto";
import { serialNumberIn } from "../base/meter_id.ts";

/**
 * The stable name of a record: the meter's serial number (what a header may not hold replaced) and a hash of serial
 * number and bytes. The same bytes of the same meter are the same record, whether its year of production could be read
 * or not. An empty file does not identify itself, so that its transaction's id is part of the hash.
 */
export function messageId(meterId: string, ocmf: Uint8Array, transactionId: string | undefined): string {
  return earlierMessageId(serialNumberIn(meterId), ocmf, transactionId);
}

/** The name that earlier releases gave a record: by the whole id of its meter. Stored records keep it. */
export function earlierMessageId(meterId: string, ocmf: Uint8Array, transactionId: string | undefined): string {
  const hash = createHash("sha256").update(meterId).update("\0").update(ocmf);
  if (ocmf.length === 0) hash.update(transactionId ?? "");
  return `${meterId.replaceAll(/[^A-Za-z0-9._-]/g, "_")}.${hash.digest("hex")}`;
}

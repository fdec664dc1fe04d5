import { createHash } from "node:crypto";

/**
 * The stable name of a record: the meter's id (what a header may not hold replaced) and a hash of meter and bytes. The
 * same bytes of the same meter are the same record. An empty file says nothing of itself, so that its transaction's id
 * takes part.
 */
export function messageId(meterId: string, ocmf: Uint8Array, transactionId: string | undefined): string {
  const hash = createHash("sha256").update(meterId).update("\0").update(ocmf);
  if (ocmf.length === 0) hash.update(transactionId ?? "");
  return `${meterId.replaceAll(/[^A-Za-z0-9._-]/g, "_")}.${hash.digest("hex")}`;
}

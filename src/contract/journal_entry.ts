import { createHash } from "node:crypto";
import { timestamp } from "../base/time.ts";
import type { StoredRecord } from "../journal/mod.ts";
import { recordFacts } from "../ocmf/mod.ts";
import type { JournalEntry } from "./node_schemas.ts";
import { ocmfText } from "./shared_fields.ts";

/** A record as an entry in a list of the journal. */
export function journalEntry(record: StoredRecord): JournalEntry {
  const published = new TextEncoder().encode(ocmfText(record));
  const { transactionId = record.transactionId, pagination, paginationLetter } = recordFacts(record.ocmf);
  return {
    journal_seq: record.seq,
    message_id: record.messageId,
    meter: record.meter,
    meter_id: record.meterId,
    ...(transactionId !== undefined && { transaction_id: transactionId }),
    read_at: timestamp(record.readAtMs),
    ...(record.deliveredAtMs !== undefined && { delivered_at: timestamp(record.deliveredAtMs) }),
    ocmf_bytes: published.length,
    ocmf_sha256: createHash("sha256").update(published).digest("hex"),
    ...(pagination !== undefined && { pagination: `${paginationLetter}${pagination}` }),
  };
}

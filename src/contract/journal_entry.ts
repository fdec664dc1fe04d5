import { createHash } from "node:crypto";
import { z } from "zod";
import { timestamp } from "../base/time.ts";
import type { StoredRecord } from "../journal/mod.ts";
import { recordFacts } from "../ocmf/mod.ts";
import { ocmfText } from "./shared_fields.ts";

const time = z.iso.datetime({ precision: 3 });

/** A record of the journal without its content, for comparison with the published records. */
export const journalEntrySchema = z.object({
  journal_seq: z.int().describe("number in storage order"),
  message_id: z.string().describe("Nats-Msg-Id of each delivery"),
  meter: z.string().describe("name in the subject of the record"),
  meter_id: z.string(),
  transaction_id: z.string().optional(),
  read_at: time,
  delivered_at: time.optional().describe("when JetStream acknowledged it; absent: it waits for delivery"),
  ocmf_bytes: z.int().describe("length of the published field `ocmf` as UTF-8"),
  ocmf_sha256: z.string().regex(/^[0-9a-f]{64}$/).describe("hash of the published field `ocmf` as UTF-8"),
  pagination: z.string().optional().describe("PG of the record; absent: it has none"),
});

/** Result of `journalEntry`. */
export type JournalEntry = z.infer<typeof journalEntrySchema>;

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

import { dayMs } from "../base/time.ts";
import { Subjects } from "../contract/mod.ts";
import { hasVerdict, type SessionQuery } from "../view/mod.ts";
import { maskedRecord } from "./masked_record.ts";
import { type PublishedRecord, publishedRecord, type RecordReading } from "./published_record.ts";
import type { RecordStream } from "./record_stream.ts";

/** Clocks of nodes may differ by so much from that of the server. */
const clockDifferenceMs = dayMs;

/** A message that a search has read. */
export interface Searched {
  /** The record, if it fits the query and no copy of it was found before. */
  readonly record?: PublishedRecord;
  /** The number of the message, or the lowest one that was passed without a message. */
  readonly seq: number;
  /** When the stream stored it, RFC 3339. */
  readonly storedAt?: string;
}

/**
 * Searches records, newest first. Copies of a record (the same `Nats-Msg-Id` and text) are found once. Ends with the stream, or where no
 * older message can fit.
 *
 * @throws the errors of {@linkcode RecordStream.backwards}
 */
export async function* searchSessions(
  stream: RecordStream,
  reading: RecordReading,
  query: SessionQuery,
): AsyncGenerator<Searched, void, void> {
  const { site = "*", meter = "*", before, after } = query;
  const filter = new Subjects(reading.prefix, site).record(meter);
  // A record is stored after it was read
  const oldestMs = query.from === undefined ? -Infinity : Date.parse(query.from) - clockDifferenceMs;
  const seen = new Set<string>();
  for await (const { messages, from } of stream.backwards({ filter, before, after })) {
    for (const message of messages) {
      if (message.storedAtMs < oldestMs) return;
      const record = publishedRecord(message, reading);
      const isFound = !seen.has(record.copyKey) && fits(record, query);
      if (isFound) seen.add(record.copyKey);
      yield { seq: message.seq, storedAt: record.storedAt, ...(isFound && { record }) };
    }
    yield { seq: from };
  }
}

function fits(record: PublishedRecord, { from, to, evse, transaction, verdict }: SessionQuery): boolean {
  const { readAt, verification } = record;
  if (from !== undefined && Date.parse(readAt) < Date.parse(from)) return false;
  if (to !== undefined && Date.parse(readAt) >= Date.parse(to)) return false;
  if (verdict !== undefined && !hasVerdict(verification, verdict)) return false;
  if (evse === undefined && transaction === undefined) return true;
  const hasIds = ({ session, evseId, transactionId }: PublishedRecord) =>
    includes([session?.evse_id, evseId], evse) && includes([session?.transaction_id, transactionId], transaction);
  // Without an asterisk, what is in the masked text is in the open one, too; to mask every record takes much time
  const canFit = `${evse}${transaction}`.includes("*") || hasIds(record);
  // A search for what is hidden would show it, part by part
  return canFit && hasIds(maskedRecord(record));
}

/** Whether one of the texts contains the wanted one, in any case of letters. */
function includes(texts: readonly (string | undefined)[], wanted: string | undefined): boolean {
  if (wanted === undefined) return true;
  return texts.some((text) => text?.toLowerCase().includes(wanted.toLowerCase()));
}

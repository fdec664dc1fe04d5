import { Mutex } from "../base/mutex.ts";
import { type Time, timestamp } from "../base/time.ts";
import type { LiveJournal } from "../journal/mod.ts";
import { busy, maxWaiting } from "../transaction/mod.ts";
import { journalEntry } from "./journal_entry.ts";
import type { JournalEntry } from "./node_schemas.ts";
import { parseRequest } from "./parse_request.ts";
import { type JournalPage, journalRequestSchema } from "./node_schemas.ts";

/** Dependencies of the pages. */
export interface JournalPagesOptions {
  readonly journal: Pick<LiveJournal, "eachRecord" | "size" | "undelivered">;
  /** Id of this process. */
  readonly instance: string;
  /** The meters of this process. */
  readonly meters: Iterable<{ readonly name: string }>;
  readonly time: Time;
  /** How many bytes an answer may have now; undefined: not known. */
  maxPayload(): number | undefined;
}

const usualEntries = 100;
/** Number of records that are read and hashed before other work gets its turn. */
const entriesAtOnce = 10;
const maxBytes = 400_000;

/**
 * Creates the handler of `_node.journal.get`. It returns a page of the records in the journal without their content,
 * which shows who charged. Only one page is created at a time.
 */
export function journalPages(options: JournalPagesOptions): (body: object) => Promise<JournalPage> {
  const mutex = new Mutex();
  return async (body) => {
    const request = parseRequest(journalRequestSchema, body);
    if (mutex.pending > maxWaiting) throw busy("list the journal of this node");
    const { after_seq: afterSeq, limit, since } = request;
    return await mutex.run(() =>
      page(options, {
        afterSeq: afterSeq ?? undefined,
        limit: limit ?? usualEntries,
        sinceMs: since === undefined || since === null ? undefined : Date.parse(since),
      })
    );
  };
}

async function page(
  { journal, instance, meters, time, maxPayload }: JournalPagesOptions,
  { afterSeq, limit, sinceMs }: { afterSeq: number | undefined; limit: number; sinceMs: number | undefined },
): Promise<JournalPage> {
  // Half of the maximum size leaves room for the other parts of the message
  let bytesLeft = Math.min(maxBytes, (maxPayload() ?? maxBytes) / 2);
  const records: JournalEntry[] = [];
  let last = afterSeq;
  let isMore = false;
  for (const record of journal.eachRecord({ sinceMs }, afterSeq)) {
    if (records.length === limit) {
      isMore = true;
      break;
    }
    const entry = journalEntry(record);
    bytesLeft -= JSON.stringify(entry).length;
    if (bytesLeft < 0 && records.length > 0) {
      isMore = true;
      break;
    }
    records.push(entry);
    last = record.seq;
    if (records.length % entriesAtOnce === 0) await time.sleep(0);
  }
  return {
    status: "OK",
    instance,
    now: timestamp(time.now()),
    meters: Array.from(meters, ({ name }) => name),
    total: journal.size(),
    undelivered: journal.undelivered(),
    records,
    ...(isMore && last !== undefined && { next_after_seq: last }),
  };
}

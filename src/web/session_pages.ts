import type { Time } from "../base/time.ts";
import {
  csvHeader,
  csvRow,
  defaultRows,
  type RecordView,
  type SessionPage,
  type SessionQuery,
  type SessionRow,
} from "../view/mod.ts";
import { CheckedRecords } from "./checked_records.ts";
import { type MaskedRecord, maskedRecord } from "./masked_record.ts";
import { type PublishedRecord, publishedRecord, type RecordReading } from "./published_record.ts";
import { RecordStream, type RecordStreamParts } from "./record_stream.ts";
import { searchSessions } from "./session_search.ts";
import { recordView, sessionRow } from "./session_row.ts";

/** An answer ends after this number of messages or this time; the next one continues. */
const maxSearched = 2_000;
const searchMs = 1_500;
const secretBytes = 32;

/** What a server of pages needs. */
export interface SessionPagesParts extends RecordStreamParts {
  readonly time: Time;
}

/** The records of the stream, verified again and with hidden identifications, in the forms in which a page shows them. */
export class SessionPages {
  readonly #stream: RecordStream;
  readonly #checked: CheckedRecords;
  readonly #parts: SessionPagesParts;
  readonly #reading: RecordReading;

  constructor(parts: SessionPagesParts) {
    this.#parts = parts;
    this.#stream = new RecordStream(parts);
    this.#checked = new CheckedRecords(parts.time);
    this.#reading = { prefix: parts.prefix, secret: crypto.getRandomValues(new Uint8Array(secretBytes)) };
  }

  /**
   * One page of a search.
   *
   * @throws the errors of {@linkcode RecordStream.backwards}
   */
  async page(query: SessionQuery): Promise<SessionPage> {
    const { limit = defaultRows } = query;
    const { time } = this.#parts;
    const untilMs = time.mono() + searchMs;
    const rows: SessionRow[] = [];
    let searched = 0;
    let searchedTo: string | undefined;
    let newest: number | undefined;
    const pageOf = (rest: Pick<SessionPage, "isComplete" | "before">): SessionPage => ({
      rows,
      searched,
      ...(searchedTo !== undefined && { searchedTo }),
      newest: newest ?? 0,
      ...rest,
    });
    for await (const { record, seq, storedAt } of this.#search(query)) {
      newest ??= seq - 1;
      if (record !== undefined) rows.push(sessionRow(await this.#shown(record)));
      if (storedAt !== undefined) {
        searched++;
        searchedTo = storedAt;
      }
      const isFull = rows.length >= limit || searched >= maxSearched || time.mono() >= untilMs;
      if (isFull && seq <= newest) return pageOf({ isComplete: false, before: seq });
    }
    return pageOf({ isComplete: true });
  }

  /**
   * All records of a search as lines of CSV, newest first; resolves when the stream is found.
   *
   * @param ended ends the search, also if nobody reads the lines
   * @throws the errors of {@linkcode RecordStream.backwards}; those of its later pieces in the iteration
   */
  async csv(query: SessionQuery, ended: AbortSignal): Promise<AsyncGenerator<string, void, void>> {
    const search = this.#search(query);
    // A search that waits for its reader ends only so
    ended.addEventListener("abort", () => void search.return(), { once: true });
    // The stream is found, or an error is thrown, before the answer begins
    await search.next();
    return this.#csvLines(search);
  }

  async *#csvLines(search: ReturnType<typeof searchSessions>): AsyncGenerator<string, void, void> {
    yield csvHeader;
    for await (const { record } of search) if (record !== undefined) yield csvLine(await this.#shown(record));
  }

  /**
   * One record; undefined: the stream does not have it.
   *
   * @param isOpen whether the identification is shown
   * @throws the errors of {@linkcode RecordStream.message}
   */
  async record(seq: number, { isOpen }: { readonly isOpen: boolean }): Promise<RecordView | undefined> {
    const message = await this.#stream.message(seq);
    if (message === undefined) return undefined;
    const record = publishedRecord(message, this.#reading);
    if (!isOpen) return recordView(await this.#shown(record), maskedRecord(record).verification);
    const verification = await this.#checked.check(record);
    return recordView({ ...record, verification, isMasked: false }, record.verification);
  }

  #search(query: SessionQuery): ReturnType<typeof searchSessions> {
    return searchSessions(this.#stream, this.#reading, query);
  }

  async #shown(record: PublishedRecord): Promise<MaskedRecord> {
    return maskedRecord({ ...record, verification: await this.#checked.check(record) });
  }
}

function csvLine(record: MaskedRecord): string {
  const { id: messageId, storedAt: deliveredAt, session } = record;
  return csvRow({ ...record, messageId, deliveredAt, transactionId: session?.transaction_id ?? record.transactionId });
}

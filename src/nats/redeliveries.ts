import type { Time } from "../base/time.ts";
import type { LiveJournal, StoredRecord } from "../journal/mod.ts";

/** The part of the journal with delivered records. */
export type RedeliveriesJournal = Pick<LiveJournal, "record" | "redeliveries" | "recentlyDelivered">;

/**
 * Delivered records that are published again. A broker whose machine fails can lose acknowledged messages that were not
 * on its disk yet. Therefore, after each connect, the records of the last half of the stream's duplicate window are
 * published again; the stream stores only those that it does not have. Records that the journal marks for redelivery
 * are published, too.
 */
export class Redeliveries {
  readonly #journal: RedeliveriesJournal;
  readonly #time: Time;
  /** Time when each record was stored, in monotonic milliseconds, oldest first. */
  readonly #stored = new Map<number, number>();
  readonly #due = new Set<number>();
  #isFirst = true;

  constructor(journal: RedeliveriesJournal, time: Time) {
    this.#journal = journal;
    this.#time = time;
  }

  /** Call it when a stream has stored a record. */
  stored(seq: number): void {
    this.#stored.delete(seq);
    this.#stored.set(seq, this.#time.mono());
    for (const oldest of this.#stored.keys()) {
      if (this.#stored.size <= maxRemembered) break;
      this.#stored.delete(oldest);
    }
  }

  /** Call it after a reconnect. */
  reconnected(duplicateWindowMs: number): void {
    const ageMs = duplicateWindowMs / 2;
    const sinceMs = this.#time.mono() - ageMs;
    for (const [seq, atMs] of this.#stored) if (atMs >= sinceMs) this.#due.add(seq);
    // Broker and node can lose power together; a new process can only use the wall clock
    if (!this.#isFirst) return;
    this.#isFirst = false;
    for (const seq of this.#journal.recentlyDelivered(this.#time.now(), ageMs, maxRemembered)) this.#due.add(seq);
  }

  /** The records to publish again now, in storage order; stored records leave with `remove`. */
  *due(): Generator<StoredRecord, void, void> {
    let afterSeq = 0;
    for (let rows = this.#journal.redeliveries(page); rows.length > 0;) {
      yield* rows;
      afterSeq = rows.at(-1)?.seq ?? Infinity;
      rows = this.#journal.redeliveries(page, afterSeq);
    }
    for (const seq of [...this.#due].sort((left, right) => left - right)) {
      const row = this.#due.has(seq) ? this.#journal.record(seq) : undefined;
      if (row === undefined) this.#due.delete(seq);
      else yield row;
    }
  }

  /** Whether a record is published again only because its delivery was recent. */
  isRecent(seq: number): boolean {
    return this.#due.has(seq);
  }

  /** Removes a record that was published again. */
  remove(seq: number): void {
    this.#due.delete(seq);
  }
}

const maxRemembered = 10_000;
const page = 50;

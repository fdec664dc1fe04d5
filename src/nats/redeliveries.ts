import type { Time } from "../base/time.ts";
import type { LiveJournal, StoredRecord } from "../journal/mod.ts";

/** Where delivered records are found. */
export type RedeliveriesJournal = Pick<LiveJournal, "record" | "redeliveries" | "deliveredLately">;

/**
 * Delivered records that are published once more. A broker that loses its machine loses what it had not written to its
 * disk, although it had acknowledged it: after each connection, what was delivered within the last half of the stream's
 * duplicate window is published again, which the stream stores only if it lacks it. Besides, what the journal was asked
 * to deliver again.
 */
export class Redeliveries {
  readonly #journal: RedeliveriesJournal;
  readonly #time: Time;
  /** When each record was stored, in monotonic milliseconds, oldest first. */
  readonly #stored = new Map<number, number>();
  readonly #due = new Set<number>();
  #isFirst = true;

  constructor(journal: RedeliveriesJournal, time: Time) {
    this.#journal = journal;
    this.#time = time;
  }

  /** A stream has stored a record. */
  stored(seq: number): void {
    this.#stored.delete(seq);
    this.#stored.set(seq, this.#time.mono());
    for (const oldest of this.#stored.keys()) {
      if (this.#stored.size <= mostRemembered) break;
      this.#stored.delete(oldest);
    }
  }

  /** The connection is there again. */
  reconnected(duplicateWindowMs: number): void {
    const ageMs = duplicateWindowMs / 2;
    const sinceMs = this.#time.mono() - ageMs;
    for (const [seq, atMs] of this.#stored) if (atMs >= sinceMs) this.#due.add(seq);
    // Power fails for broker and node at once; another process has only the wall clock
    if (!this.#isFirst) return;
    this.#isFirst = false;
    for (const seq of this.#journal.deliveredLately(this.#time.now(), ageMs, mostRemembered)) this.#due.add(seq);
  }

  /** What is to be published again now, in the order of storing; `settle` takes each out. */
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

  /** Whether a record is published again only because it was delivered just now. */
  isRecent(seq: number): boolean {
    return this.#due.has(seq);
  }

  /** A record was published again. */
  settle(seq: number): void {
    this.#due.delete(seq);
  }
}

const mostRemembered = 10_000;
const page = 50;

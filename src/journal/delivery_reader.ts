import { optionalInteger, optionalText } from "./row_values.ts";
import { JournalReader } from "./reader.ts";
import type { KnownStream, RecordInStream, StoredRecord, WaitingRecord } from "./types.ts";

/** Reads the delivery state of records; each method throws the errors of `JournalReader`. */
export class DeliveryReader extends JournalReader {
  /** Number of records that are not delivered yet or are to be delivered again. */
  override undelivered(): number {
    const row = this.rows("SELECT count(*) AS n FROM deliveries WHERE again_at IS NOT NULL", [])[0] ?? {};
    return super.undelivered() + (optionalInteger(row, "n") ?? 0);
  }

  /** Delivered records that are to be delivered again, in storage order, starting after the record `afterSeq`. */
  redeliveries(limit: number, afterSeq = 0): StoredRecord[] {
    return this.#records(
      "JOIN deliveries ON record_seq = seq WHERE again_at IS NOT NULL AND record_seq > ? ORDER BY record_seq LIMIT ?",
      afterSeq,
      limit,
    );
  }

  /**
   * The record that has waited longest; a delivered record waits from the time when it was put into the outbox again.
   */
  longestWaiting(): WaitingRecord | undefined {
    const [first] = this.outbox(1);
    if (first !== undefined) return { seq: first.seq, sinceMs: first.readAtMs };
    const again = "SELECT record_seq, again_at FROM deliveries WHERE again_at IS NOT NULL ORDER BY record_seq LIMIT 1";
    const row = this.rows(again, [])[0] ?? {};
    const [seq, sinceMs] = [optionalInteger(row, "record_seq"), optionalInteger(row, "again_at")];
    return seq === undefined || sinceMs === undefined ? undefined : { seq, sinceMs };
  }

  /**
   * Numbers of the records that were delivered within the last `ageMs` milliseconds by the wall clock, in storage
   * order. If the clock is behind the last delivery, it is no reference: then the records that were delivered within
   * `ageMs` of the last delivery are returned.
   */
  recentlyDelivered(nowMs: number, ageMs: number, limit: number): number[] {
    const last = this.rows(
      "SELECT delivered_at FROM records WHERE delivered_at IS NOT NULL ORDER BY seq DESC LIMIT 1",
      [],
    );
    const lastMs = optionalInteger(last[0] ?? {}, "delivered_at") ?? nowMs;
    const [fromMs, toMs] = lastMs > nowMs ? [lastMs - ageMs, lastMs + ageMs] : [nowMs - ageMs, nowMs];
    const delivered = "delivered_at BETWEEN ? AND ? OR delivered_at BETWEEN ? AND ?";
    const parameters = [nowMs - ageMs, nowMs, fromMs, toMs, limit];
    return this.rows(`SELECT seq FROM records WHERE ${delivered} ORDER BY seq LIMIT ?`, parameters)
      .map((row) => optionalInteger(row, "seq")).filter((seq) => seq !== undefined);
  }

  /** The last known state of a stream. */
  knownStream(stream: string): KnownStream | undefined {
    const row = this.rows("SELECT * FROM streams WHERE stream = ?", [stream])[0] ?? {};
    const [createdAt, lastSeq] = [optionalText(row, "created_at"), optionalInteger(row, "last_seq")];
    return createdAt === undefined || lastSeq === undefined ? undefined : { stream, createdAt, lastSeq };
  }

  /** The last of our records that a stream acknowledged with a sequence number up to `upToSeq`. */
  lastRecordInStream(stream: string, upToSeq: number): RecordInStream | undefined {
    const row = this.rows(
      `SELECT stream_seq, message_id FROM deliveries JOIN records ON seq = record_seq
       WHERE stream = ? AND stream_seq <= ? ORDER BY stream_seq DESC LIMIT 1`,
      [stream, upToSeq],
    )[0] ?? {};
    const streamSeq = optionalInteger(row, "stream_seq");
    const messageId = optionalText(row, "message_id");
    return streamSeq === undefined || messageId === undefined ? undefined : { streamSeq, messageId };
  }

  #records(which: string, ...parameters: number[]): StoredRecord[] {
    return this.rows(`SELECT records.* FROM records ${which}`, parameters)
      .map((row) => this.toRecord(row)).filter((record) => record !== undefined);
  }
}

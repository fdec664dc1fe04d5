import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import type { KnownStream, RedeliverySelection, StreamPlace } from "./types.ts";

/** See `Journal.redeliver`. */
export function queueAgain(db: DatabaseSync, selection: RedeliverySelection, atMs: number): number {
  const insert = (which: string, ...parameters: SQLInputValue[]) =>
    Number(
      db.prepare(
        `INSERT INTO deliveries (record_seq, again_at)
         SELECT seq, ? FROM records WHERE delivered_at IS NOT NULL AND ${which}
         ON CONFLICT (record_seq) DO UPDATE SET again_at = coalesce(again_at, excluded.again_at)`,
      ).run(atMs, ...parameters).changes,
    );
  const { all, sinceMs, messageIds, storedAfter } = selection;
  if (all) return insert("true");
  // `read_at` counts, too: the clock may have been wrong at the delivery
  if (sinceMs !== undefined) return insert("max(delivered_at, read_at) >= ?", sinceMs);
  if (storedAfter !== undefined) {
    const behind = "SELECT record_seq FROM deliveries WHERE stream = ? AND stream_seq > ?";
    return insert(`seq IN (${behind})`, storedAfter.stream, storedAfter.streamSeq);
  }
  return (messageIds ?? []).reduce((count, messageId) => count + insert("message_id = ?", messageId), 0);
}

/** See `Journal.markDelivered`. */
export function noteDelivery(db: DatabaseSync, seq: number, atMs: number, place: StreamPlace | undefined): void {
  db.prepare("UPDATE records SET delivered_at = coalesce(delivered_at, ?) WHERE seq = ?").run(atMs, seq);
  db.prepare("UPDATE deliveries SET again_at = NULL WHERE record_seq = ?").run(seq);
  if (place === undefined) return;
  db.prepare(
    `INSERT INTO deliveries (record_seq, stream, stream_seq) SELECT seq, :stream, :stream_seq FROM records WHERE seq = :seq
     ON CONFLICT (record_seq) DO UPDATE SET stream = :stream, stream_seq = :stream_seq`,
  ).run({ seq, stream: place.stream, stream_seq: place.streamSeq });
  db.prepare("UPDATE streams SET last_seq = max(last_seq, ?) WHERE stream = ?").run(place.streamSeq, place.stream);
}

/** See `Journal.noteStream`. */
export function noteStream(db: DatabaseSync, { stream, createdAt, lastSeq }: KnownStream): void {
  db.prepare(
    `INSERT INTO streams (stream, created_at, last_seq) VALUES (:stream, :created_at, :last_seq)
     ON CONFLICT (stream) DO UPDATE SET created_at = :created_at, last_seq = :last_seq`,
  ).run({ stream, created_at: createdAt, last_seq: lastSeq });
}

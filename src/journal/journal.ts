import { maxRowsPerStatement } from "./filters.ts";
import { earlierMessageId, messageId } from "./message_id.ts";
import { redateOld, removeOld } from "./old_records.ts";
import { noteDelivery, noteStream, queueAgain } from "./redelivery.ts";
import { optionalInteger, type Row } from "./row_values.ts";
import {
  type KnownStream,
  type NewRecord,
  openStates,
  type RedeliverySelection,
  type StartValue,
  type StoredRecord,
  type StoredTransaction,
  type StoredVerdict,
  type StreamPlace,
  type TransactionChange,
} from "./types.ts";
import { JournalWriter } from "./writer.ts";

/**
 * The durable storage of a process: transactions, records and the outbox. When a method that writes returns, its
 * changes are on the disk. When it throws (`JournalError`, `write_failed`), it has changed nothing.
 */
export class Journal extends JournalWriter {
  /** Writes as many bytes as a record needs, to check that the journal can be written. */
  probe(): void {
    this.write("write a test row", () => {
      this.db.prepare("INSERT OR REPLACE INTO probes (id, room) VALUES (1, zeroblob(?))").run(probeBytes);
    });
  }

  /** Writes the new state of a transaction. Adds the transaction if it is unknown. */
  change(change: TransactionChange): StoredTransaction {
    return this.write(`write the state ${change.state} of transaction ${change.transactionId}`, () => {
      const row = this.#get(
        `INSERT INTO transactions
           (meter, meter_id, transaction_id, evse_id, request, state, reason, started_at, stopped_at, changed_at)
         VALUES (:meter, :meter_id, :transaction_id, :evse_id, :request, :state, :reason, :started_at,
           iif(:ended, :at, NULL), :at)
         ON CONFLICT (meter, transaction_id) DO UPDATE SET
           meter_id = :meter_id,
           evse_id = coalesce(:evse_id, evse_id),
           request = coalesce(:request, request),
           state = :state,
           reason = :reason,
           start_value = iif(:anew, NULL, start_value),
           record_seq = iif(:anew, NULL, record_seq),
           started_at = iif(:anew, :started_at, coalesce(:started_at, started_at)),
           stopped_at = iif(:ended, coalesce(stopped_at, :at), NULL),
           changed_at = :at
         RETURNING *`,
        {
          meter: change.meter,
          meter_id: change.meterId,
          transaction_id: change.transactionId,
          evse_id: change.evseId ?? null,
          request: change.request ?? null,
          state: change.state,
          reason: change.reason ?? null,
          started_at: change.startedAtMs ?? null,
          anew: change.state === "starting" || change.state === "idle" ? 1 : 0,
          ended: change.state === "stopping" || change.state === "finished" ? 1 : 0,
          at: change.atMs,
        },
      );
      const stored = readable(this.toTransaction(row));
      this.#note(stored.seq, change.state, change.reason, change.atMs);
      return stored;
    });
  }

  /** Stores the signed value that was read when a transaction began. */
  setStartValue(meter: string, transactionId: string, value: StartValue): void {
    this.write(`write the start value of transaction ${transactionId}`, () => {
      this.db.prepare("UPDATE transactions SET start_value = ? WHERE meter = ? AND transaction_id = ?")
        .run(JSON.stringify(value), meter, transactionId);
    });
  }

  /**
   * Stores a record and ends its transaction, in one step. A record that is already stored (same bytes, same serial
   * number) is not stored twice. A transaction that has ended keeps the record that ended it, unless that record comes
   * from a corrupted file.
   *
   * @returns the stored record, and whether it is new
   */
  storeRecord(record: NewRecord): { record: StoredRecord; created: boolean } {
    return this.write(`store the record of transaction ${record.transactionId ?? "(no id)"}`, () => {
      const transactions = this.transactionsOf(record);
      const [transaction] = transactions;
      const name = this.#nameOf(record);
      const created = this.db.prepare(
        `INSERT INTO records (message_id, meter, meter_id, transaction_id, evse_id, reason, ocmf, public_key,
           signing_method, start_value, started_at, read_at)
         VALUES (:message_id, :meter, :meter_id, :transaction_id, :evse_id, :reason, :ocmf, :public_key,
           :signing_method, :start_value, :started_at, :read_at)
         ON CONFLICT (message_id) DO NOTHING`,
      ).run({
        message_id: name,
        meter: record.meter,
        meter_id: record.meterId,
        transaction_id: record.transactionId ?? null,
        evse_id: record.evseId ?? transaction?.evseId ?? null,
        reason: record.reason,
        ocmf: record.ocmf,
        public_key: record.publicKey,
        signing_method: record.signingMethod,
        start_value: transaction?.startValue === undefined ? null : JSON.stringify(transaction.startValue),
        started_at: transaction?.startedAtMs ?? null,
        read_at: record.readAtMs,
      }).changes > 0;
      const [row = {}] = this.rows("SELECT * FROM records WHERE message_id = ?", [name]);
      const stored = readable(this.toRecord(row));
      for (const one of transactions.length === 0 ? [undefined] : transactions) {
        const isEnded = this.#hasEnded(one, created) && one?.recordSeq !== record.replaces;
        if (!isEnded) this.#end(one, stored);
      }
      return { record: stored, created };
    });
  }

  /** Stores the verdict on a record, and the pagination and public key that the record shows for its meter. */
  storeVerdict(
    seq: number,
    verdict: StoredVerdict,
    learned: { pagination?: number | undefined; key?: string | undefined },
  ): void {
    this.write(`write the verdict on record ${seq}`, () => {
      this.db.prepare("UPDATE records SET verdict = ? WHERE seq = ?").run(JSON.stringify(verdict), seq);
      this.db.prepare(
        `INSERT INTO meters (meter_id, first_key, last_pagination)
         SELECT meter_id, :key, :pagination FROM records WHERE seq = :seq
         ON CONFLICT (meter_id) DO UPDATE SET
           first_key = coalesce(first_key, :key), last_pagination = coalesce(
             iif(:seq = (SELECT max(seq) FROM records WHERE meter_id = excluded.meter_id), :pagination, NULL),
             last_pagination)`,
      ).run({ seq, key: learned.key ?? null, pagination: learned.pagination ?? null });
    });
  }

  /** Stores which meter answers under a name. A replaced meter is remembered until the replacement is acknowledged. */
  storePlace(meter: string, meterId: string, atMs: number): void {
    this.write(`write that meter ${meterId} answers as ${meter}`, () => {
      this.db.prepare(
        `INSERT INTO places (meter, meter_id) VALUES (:meter, :meter_id)
         ON CONFLICT (meter) DO UPDATE SET
           meter_id = :meter_id, exchanged_id = meter_id, exchanged_at = :at WHERE meter_id <> :meter_id`,
      ).run({ meter, meter_id: meterId, at: atMs });
    });
  }

  /** Marks the replacement of a meter as acknowledged. */
  acknowledgeReplacement(meter: string): void {
    this.write(`write that the replacement of ${meter} is acknowledged`, () => {
      this.db.prepare("UPDATE places SET exchanged_id = NULL, exchanged_at = NULL WHERE meter = ?").run(meter);
    });
  }

  /** Replaces the known public key of a meter. */
  pinKey(meterId: string, key: string): void {
    this.write(`write the public key of meter ${meterId}`, () => {
      const update = this.db.prepare("UPDATE meters SET first_key = ? WHERE meter_id = ?");
      for (const id of this.idsOf(meterId)) update.run(key, id);
    });
  }

  /** Removes a record from the outbox after the broker has stored it. The time of the first delivery stays. */
  markDelivered(seq: number, atMs: number, place?: StreamPlace): void {
    this.write(`mark record ${seq} as delivered`, () => noteDelivery(this.db, seq, atMs, place));
  }

  /**
   * Puts delivered records into the outbox again. They stay marked as delivered; the second delivery has the same
   * message id.
   *
   * @returns the number of records that were found
   */
  redeliver(selection: RedeliverySelection): number {
    return this.write("put records into the outbox again", () => queueAgain(this.db, selection, this.now()));
  }

  /** Stores the present state of a stream of the broker. */
  noteStream(stream: KnownStream): void {
    this.write(`write the state of stream ${stream.stream}`, () => noteStream(this.db, stream));
  }

  /**
   * Removes records that were delivered before `beforeMs`, oldest first. Also removes ended transactions without a
   * record whose last change was before `beforeMs`. Keeps records that are not delivered or are to be delivered again,
   * and keeps the known keys and paginations of meters. A date before the first release does not count as old: see
   * `redate`.
   *
   * @param limit the most records, and the most transactions, to remove in one call
   * @returns the number of records that were removed
   */
  prune(beforeMs: number, limit: number = maxRowsPerStatement): number {
    return this.write("remove old records", () => removeOld(this.db, beforeMs, limit));
  }

  /**
   * Sets the date of rows that are dated before the first release to `atMs`: the clock was not set when they were
   * written.
   *
   * @returns the number of rows that were changed; 0: none are left
   */
  redate(atMs: number): number {
    return this.write("correct the dates of old records", () => redateOld(this.db, atMs));
  }

  /** Stores permanently that a notice was logged. @returns false: it was stored before */
  recordNotice(what: string, atMs: number): boolean {
    const insert = "INSERT OR IGNORE INTO mentions (what, at) VALUES (?, ?)";
    return this.write(`write that ${what} was logged`, () => this.db.prepare(insert).run(what, atMs).changes > 0);
  }

  /** The message id of a record that is already stored, by this release or an earlier one; otherwise its new id. */
  #nameOf({ meterId, ocmf, transactionId }: NewRecord): string {
    const earlier = this.idsOf(meterId).map((id) => earlierMessageId(id, ocmf, transactionId));
    const [row] = this.rows(
      `SELECT message_id FROM records WHERE message_id IN (${earlier.map(() => "?").join()}) LIMIT 1`,
      earlier,
    );
    return row === undefined ? messageId(meterId, ocmf, transactionId) : String(row["message_id"]);
  }

  #hasEnded(transaction: StoredTransaction | undefined, isNew: boolean): boolean {
    if (transaction?.recordSeq === undefined || openStates.some((state) => state === transaction.state)) return false;
    return !isNew || this.record(transaction.recordSeq)?.reason !== "corrupted";
  }

  #end(transaction: StoredTransaction | undefined, record: StoredRecord): void {
    if (record.transactionId === undefined) return;
    const state = record.reason === "corrupted" ? "corrupted" : "finished";
    let seq = transaction?.seq;
    if (seq === undefined) {
      const row = this.db.prepare(
        `INSERT INTO transactions (meter, meter_id, transaction_id, evse_id, state, changed_at)
         VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (meter, transaction_id) DO NOTHING RETURNING seq`,
      ).get(record.meter, record.meterId, record.transactionId, record.evseId ?? null, state, record.readAtMs);
      seq = row === undefined ? undefined : optionalInteger(row, "seq");
    }
    if (seq === undefined) return;
    this.db.prepare(
      `UPDATE transactions SET state = ?, reason = ?, record_seq = ?, stopped_at = coalesce(stopped_at, ?),
         changed_at = ? WHERE seq = ?`,
    ).run(state, record.reason, record.seq, record.readAtMs, record.readAtMs, seq);
    this.#note(seq, state, record.reason, record.readAtMs);
  }

  #note(transactionSeq: number, state: string, reason: string | undefined, atMs: number): void {
    this.db.prepare("INSERT INTO changes (transaction_seq, state, reason, at) VALUES (?, ?, ?, ?)")
      .run(transactionSeq, state, reason ?? null, atMs);
  }

  #get(sql: string, parameters: Record<string, string | number | null>): Row {
    const statement = this.db.prepare(sql);
    statement.setReadBigInts(true);
    const row = statement.get(parameters);
    if (row === undefined) throw new RangeError("The database returned no row after a write");
    return row;
  }
}

/** A record of an EM580 has up to 4 KiB; its indexes and changes need pages of their own. */
const probeBytes = 16_384;

/** @throws {RangeError} the row has no readable number */
function readable<T>(row: T | undefined): T {
  if (row === undefined) throw new RangeError("The number of a row that was written cannot be read");
  return row;
}

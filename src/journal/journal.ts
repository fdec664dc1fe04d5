import { mostRows } from "./filters.ts";
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
 * The durable memory of a process: transactions, records and the outbox. What a writing method did is on the disk when
 * it returns; when it throws (`JournalError`, `write_failed`) nothing of it is.
 */
export class Journal extends JournalWriter {
  /** Writes as much as a record takes, to see whether it can be done. */
  probe(): void {
    this.write("write anything", () => {
      this.db.prepare("INSERT OR REPLACE INTO probes (id, room) VALUES (1, zeroblob(?))").run(probeBytes);
    });
  }

  /** Writes the new state of a transaction, which need not be known yet. */
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

  /** Keeps the signed value that was read when a transaction began. */
  setStartValue(meter: string, transactionId: string, value: StartValue): void {
    this.write(`write the start value of transaction ${transactionId}`, () => {
      this.db.prepare("UPDATE transactions SET start_value = ? WHERE meter = ? AND transaction_id = ?")
        .run(JSON.stringify(value), meter, transactionId);
    });
  }

  /**
   * Stores a record and ends its transaction, in one step. A record that is stored already (same bytes, same serial
   * number) stays one. A transaction that has ended keeps the record that ended it, unless that one is of a corrupted file.
   *
   * @returns the record as it is stored, and whether it is new
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

  /** Keeps the verdict on a record together with what the record taught about its meter. */
  judge(
    seq: number,
    verdict: StoredVerdict,
    taught: { pagination?: number | undefined; key?: string | undefined },
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
      ).run({ seq, key: taught.key ?? null, pagination: taught.pagination ?? null });
    });
  }

  /** Notes which meter answers under a name; one that was exchanged is remembered until that is acknowledged. */
  occupy(meter: string, meterId: string, atMs: number): void {
    this.write(`write that meter ${meterId} is ${meter}`, () => {
      this.db.prepare(
        `INSERT INTO places (meter, meter_id) VALUES (:meter, :meter_id)
         ON CONFLICT (meter) DO UPDATE SET
           meter_id = :meter_id, exchanged_id = meter_id, exchanged_at = :at WHERE meter_id <> :meter_id`,
      ).run({ meter, meter_id: meterId, at: atMs });
    });
  }

  /** Takes the exchange of a meter for known. */
  acknowledgeExchange(meter: string): void {
    this.write(`write that the exchange of ${meter} is known`, () => {
      this.db.prepare("UPDATE places SET exchanged_id = NULL, exchanged_at = NULL WHERE meter = ?").run(meter);
    });
  }

  /** Takes another public key for that of a meter. */
  pinKey(meterId: string, key: string): void {
    this.write(`write the public key of meter ${meterId}`, () => {
      const update = this.db.prepare("UPDATE meters SET first_key = ? WHERE meter_id = ?");
      for (const id of this.idsOf(meterId)) update.run(key, id);
    });
  }

  /** Takes a record out of the outbox: the broker has it, at `place` if it says so. The first delivery's time stays. */
  markDelivered(seq: number, atMs: number, place?: StreamPlace): void {
    this.write(`mark record ${seq} as delivered`, () => noteDelivery(this.db, seq, atMs, place));
  }

  /**
   * Puts delivered records into the outbox again. They stay delivered, and are delivered once more under their own names.
   *
   * @returns how many there are of those that were selected
   */
  redeliver(selection: RedeliverySelection): number {
    return this.write("put records into the outbox again", () => queueAgain(this.db, selection, this.now()));
  }

  /** Remembers a stream of the broker as it is now. */
  noteStream(stream: KnownStream): void {
    this.write(`write the state of stream ${stream.stream}`, () => noteStream(this.db, stream));
  }

  /**
   * Removes records that were delivered before `beforeMs`, oldest first, and ended transactions without a record that
   * last changed before it, with their changes. What was not delivered, or is to be delivered again, stays, and so does
   * what records have taught about their meters. A date before the first release says nothing about age: see `redate`.
   *
   * @param most records, and transactions, to remove at once
   * @returns the number of records that were removed
   */
  prune(beforeMs: number, most: number = mostRows): number {
    return this.write("remove old records", () => removeOld(this.db, beforeMs, most));
  }

  /**
   * Sets `atMs` as the date of what is dated before the first release, when our clock was not set.
   *
   * @returns how many rows were changed; 0: no more are left
   */
  redate(atMs: number): number {
    return this.write("correct the dates of old records", () => redateOld(this.db, atMs));
  }

  /** Remembers for good that something was mentioned. @returns false when it was remembered before */
  mention(what: string, atMs: number): boolean {
    const insert = "INSERT OR IGNORE INTO mentions (what, at) VALUES (?, ?)";
    return this.write(`write that ${what} was mentioned`, () => this.db.prepare(insert).run(what, atMs).changes > 0);
  }

  /** The name under which a record is stored already, by this release or an earlier one; else the one that it gets. */
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
    if (row === undefined) throw new RangeError("The database returned no row");
    return row;
  }
}

/** A record of an EM580 has up to 4 KiB, its indexes and changes take pages of their own. */
const probeBytes = 16_384;

/** @throws {RangeError} a row was written that has no number */
function readable<T>(row: T | undefined): T {
  if (row === undefined) throw new RangeError("The number of the row cannot be read");
  return row;
}

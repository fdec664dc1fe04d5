import { millis, type NatsConnection } from "nats";
import { errorText, type Log } from "../base/log.ts";
import type { Time } from "../base/time.ts";
import { ProblemLog } from "../base/problem_log.ts";
import type { NodeHealth } from "../health/mod.ts";
import type { LiveJournal, StoredRecord } from "../journal/mod.ts";
import { DeliveryLoop, longestPauseMs } from "./delivery_loop.ts";
import { type DeliveredRecord, RecordPublisher, type RecordPublisherOptions } from "./record_publisher.ts";
import { Redeliveries, type RedeliveriesJournal } from "./redeliveries.ts";
import { isQuick, maxRefusals, refusalOf } from "./refusal.ts";
import { RefusedRecords } from "./refused_records.ts";
import { StreamReset, type StreamResetOptions } from "./stream_reset.ts";

/** Dependencies of the outbox. */
export interface OutboxOptions extends RecordPublisherOptions {
  readonly journal: Pick<LiveJournal, "outbox" | "markDelivered"> & RedeliveriesJournal & StreamResetOptions["journal"];
  readonly health: Pick<NodeHealth, "raise" | "clear">;
  /** The connection; undefined while it is down. */
  live(): NatsConnection | undefined;
}

/**
 * Delivers records from the journal to JetStream, in order for each meter, and retries each until it is acknowledged. A
 * record that is refused does not delay the records of other meters. Delivery is at least once: a record that was
 * acknowledged but not marked as delivered is sent again with the same `Nats-Msg-Id`.
 */
export class Outbox {
  readonly #options: OutboxOptions;
  readonly #time: Time;
  readonly #publisher: RecordPublisher;
  readonly #refusedRecords: RefusedRecords;
  readonly #again: Redeliveries;
  readonly #streamReset: StreamReset;
  readonly #log: Log;
  readonly #problemLog: ProblemLog;
  /** Records that JetStream has stored, but whose delivery could not be written to the journal. */
  readonly #acknowledged = new Map<number, { readonly atMs: number; readonly delivered: DeliveredRecord }>();
  /** Whether the connection is up and its streams are checked. */
  #isReady = false;
  /**
   * Whether delivered records are sent before new ones. A recreated stream then has them in the same order as before,
   * so that a hub, which continues after its last known sequence number, receives the records that it does not have.
   */
  #isRestoring = true;
  /** Refusals since the last stored record. */
  #refusals = 0;
  /** Records that were refused in the last attempts: the next attempt starts with other records. */
  readonly #passedOver = new Set<number>();
  readonly #loop: DeliveryLoop;

  constructor(options: OutboxOptions, deps: { log: Log; time: Time }) {
    this.#options = options;
    this.#log = deps.log;
    this.#time = deps.time;
    this.#problemLog = new ProblemLog(deps.log, deps.time);
    this.#publisher = new RecordPublisher(options, deps);
    this.#refusedRecords = new RefusedRecords({ health: options.health, ...deps });
    this.#again = new Redeliveries(options.journal, deps.time);
    this.#streamReset = new StreamReset(options, deps);
    this.#loop = new DeliveryLoop(async () => {
      return await this.#pass() ? Math.min(longestPauseMs, this.#refusedRecords.nextInMs) : undefined;
    }, deps.time);
  }

  start(): void {
    this.#loop.start();
  }

  /** Call it when there is a new record or another reason to retry. */
  wake(): void {
    this.#loop.wake();
  }

  /** Call it after a reconnect, when the streams are checked; the server may have other limits. */
  reconnected(): void {
    const lookup = this.#options.lookup();
    this.#isReady = true;
    this.#refusedRecords.retryAll();
    this.#passedOver.clear();
    this.#again.reconnected(lookup.state === "found" ? millis(lookup.config.duplicate_window) : serversOwnWindowMs);
    this.wake();
  }

  /** Call it when the connection is lost: nothing is sent until the streams are checked again. */
  disconnected(): void {
    this.#isReady = false;
  }

  /** Makes a last attempt of at most `withinMs` milliseconds; other records stay in the journal for the next start. */
  async close(withinMs: number): Promise<void> {
    await this.#loop.close(withinMs);
  }

  /** @returns whether nothing more can be done now */
  async #pass(): Promise<boolean> {
    const connection = this.#options.live();
    if (connection === undefined || !this.#isReady) return true;
    this.#refusals = 0;
    try {
      if (await this.#streamReset.check(connection)) {
        this.#isRestoring = true;
        this.#acknowledged.clear();
      }
      if (this.#isRestoring) await this.#deliverAgain(connection, () => this.#loop.isClosing);
      this.#isRestoring &&= this.#loop.isClosing;
      await this.#deliverNew(connection);
      await this.#deliverAgain(connection, () => this.#loop.isClosing || this.#loop.isWoken);
      this.#passedOver.clear();
      this.#reportWaiting(this.#refusedRecords.waitingFor);
      return true;
    } catch (error) {
      this.#reportWaiting(refusalOf(error)?.reason ?? errorText(error));
      return false;
    }
  }

  #reportWaiting(reason: string | undefined): void {
    if (reason === undefined) this.#problemLog.over("Records are delivered again");
    else this.#problemLog.failed("Cannot deliver records; they stay in the journal; retrying", { reason });
  }

  async #deliverNew(connection: NatsConnection): Promise<void> {
    const next = (afterSeq: number) =>
      this.#options.journal.outbox(batch, afterSeq, this.#refusedRecords.blockingRecords);
    for (let rows = next(0); rows.length > 0; rows = next(rows.at(-1)?.seq ?? Infinity)) {
      for (const row of rows) await this.#deliver(connection, row);
    }
  }

  /** Sends slowly, until `isOver`. */
  async #deliverAgain(connection: NatsConnection, isOver: () => boolean): Promise<void> {
    let [count, lost] = [0, 0];
    try {
      for (const row of this.#again.due()) {
        if (isOver()) return;
        const isRecent = this.#again.isRecent(row.seq);
        const delivered = await this.#deliver(connection, row);
        if (delivered === undefined) continue;
        count++;
        if (isRecent && !delivered.isDuplicate) lost++;
        await this.#time.sleep(betweenRedeliveriesMs);
      }
    } finally {
      if (lost > 0) this.#log.warn("The broker had lost acknowledged records; they are stored again", { lost });
      if (count > 0) this.#log.debug("Published delivered records again", { records: count });
    }
  }

  /** @returns position of the record in the stream; undefined: it is not stored */
  async #deliver(connection: NatsConnection, row: StoredRecord): Promise<DeliveredRecord | undefined> {
    if (this.#passedOver.has(row.seq) || !this.#refusedRecords.mayTry(row)) return undefined;
    // The broker may have lost the record after its acknowledgement, so it is published again
    const known = this.#again.isRecent(row.seq) ? undefined : this.#acknowledged.get(row.seq);
    const delivered = known?.delivered ?? await this.#publish(connection, row);
    if (delivered === undefined) return undefined;
    const atMs = known?.atMs ?? this.#time.now();
    this.#acknowledged.set(row.seq, { atMs, delivered });
    await this.#options.journal.markDelivered(row.seq, atMs, {
      stream: delivered.stream,
      streamSeq: delivered.streamSeq,
    });
    this.#acknowledged.delete(row.seq);
    return delivered;
  }

  async #publish(connection: NatsConnection, row: StoredRecord): Promise<DeliveredRecord | undefined> {
    try {
      const delivered = await this.#publisher.publish(connection, row);
      this.#refusals = 0;
      this.#refusedRecords.stored(row);
      this.#again.remove(row.seq);
      // If the stream already has a new record, the acknowledgement was lost
      if (!delivered.isDuplicate || row.deliveredAtMs === undefined) this.#again.stored(row.seq);
      if (!delivered.isDuplicate) this.#streamReset.stored(delivered);
      return delivered;
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal === undefined || this.#options.live() !== connection) throw error;
      this.#refusedRecords.add(row, refusal);
      this.#passedOver.add(row.seq);
      // Nothing is accepted: an attempt for every meter would take too long
      if (++this.#refusals >= maxRefusals && !isQuick.includes(refusal.kind)) throw error;
      return undefined;
    }
  }
}

const batch = 50;
const betweenRedeliveriesMs = 5;
/** Default duplicate window of the server. */
const serversOwnWindowMs = 120_000;

import { Feed } from "../base/feed.ts";
import { errorText } from "../base/log.ts";
import type { OcmfState } from "../meter/mod.ts";
import { acknowledge, type AcknowledgeableFault } from "./acknowledge.ts";
import { billingIdentity, type Context } from "./context.ts";
import type { CurrentTransaction, MeterTransactionsOptions, TransactionEvent } from "./meter_transactions_options.ts";
import { transactionError } from "./errors.ts";
import { checkMeterIdentity, reportReplacement } from "./meter_replacement.ts";
import { verifyStoredRecord } from "./verify_stored_record.ts";
import { isOpen } from "./state_machine.ts";
import { HeldIdCache } from "./held_id_cache.ts";
import { GuaranteedStops } from "./guaranteed_stops.ts";
import { Recovery } from "./recovery.ts";
import { RequestNotStarted, serviceEnding } from "./request_refusals.ts";
import { RequestQueue } from "./request_queue.ts";
import type { StartResult, StopResult, TransactionStatus } from "./results.ts";
import { refuseEnded, requireConfirmedOrOnline, runStart } from "./run_start.ts";
import { endedTransaction, runStop } from "./run_stop.ts";
import type { StartRequest } from "./start_request.ts";
import { Tracker } from "./tracker.ts";
import { unknownTransaction } from "./unknown_transaction.ts";

/**
 * The transactions of one meter: starts, stops, and whatever is found on the meter after a crash, a restart or a power
 * loss. A record reaches the journal before the meter may erase it.
 */
export class MeterTransactions {
  /** News of the transactions, for one reader. */
  readonly events: Feed<TransactionEvent> = new Feed<TransactionEvent>();
  readonly #context: Context;
  readonly #recovery: Recovery;
  readonly #queue: RequestQueue;
  readonly #guaranteedStops: GuaranteedStops;
  readonly #pendingWork = new Set<Promise<void>>();
  #closed = false;

  /** @throws {JournalError} when the journal cannot be read */
  constructor(options: MeterTransactionsOptions) {
    this.#context = {
      ...options,
      tracker: new Tracker(options, this.events),
      heldIds: new HeldIdCache(),
    };
    this.#recovery = new Recovery(this.#context);
    this.#queue = new RequestQueue((work) => options.meter.exclusive(work), options.time);
    this.#guaranteedStops = new GuaranteedStops(this.#context, this.#queue, this.#recovery);
    const place = options.journal.place(options.meter.name);
    if (place?.exchanged !== undefined) reportReplacement(options, place.meterId, place.exchanged);
    this.#closeAfter(this.#verifyUnverifiedRecords());
  }

  /** The open transaction, else the last. */
  get current(): CurrentTransaction {
    return this.#context.tracker.current;
  }

  /**
   * Starts a transaction; a repeated start of the one that is running succeeds again and touches nothing.
   *
   * @param untilMs monotonic time in milliseconds until which it waits for its turn; by default as long as it takes
   * @throws {TransactionError}
   */
  start(request: StartRequest, untilMs?: number): Promise<StartResult> {
    const doing = `start a transaction on meter ${this.#context.meter.name}`;
    return this.#answer(doing, async () => {
      refuseEnded(this.#context, request.transactionId);
      const recognised = this.#context.meter.recognised();
      if (recognised !== undefined) await recognised;
      billingIdentity(this.#context);
      requireConfirmedOrOnline(this.#context, request.transactionId);
      const work = () => this.#afterIdentityCheck(() => runStart(this.#context, request));
      return await this.#queue.run({ kind: "start", doing, work }, untilMs);
    });
  }

  /**
   * Stops a transaction and returns its record; a repeated stop returns the same record, from the journal.
   * An empty id ends whatever is open. A stop of the open transaction, or with an empty id, is carried out although its
   * caller's time is over, and repeats of it get the same answer.
   *
   * @param untilMs monotonic time in milliseconds until which it waits for its turn; by default as long as it takes
   * @returns undefined for an empty id
   * @throws {TransactionError} after a failure on the way, the rest is finished in the background
   */
  stop(id: string, untilMs?: number): Promise<StopResult | undefined> {
    const { meter } = this.#context;
    const doing = `stop a transaction on meter ${meter.name}`;
    return this.#answer(doing, async () => {
      const ended = id === "" ? undefined : endedTransaction(this.#context, id);
      if (ended !== undefined) {
        meter.faults.clear("OcmfTransactionClosed");
        return ended;
      }
      if (this.#guaranteedStops.has(id)) return await this.#guaranteedStops.carryOut(id, untilMs);
      billingIdentity(this.#context);
      const work = () => this.#afterIdentityCheck(() => runStop(this.#context, id));
      const { result, isErased } = await this.#queue.run({ kind: "stop", doing, work }, untilMs);
      if (!isErased) void this.#recovery.run();
      return result;
    });
  }

  /** Whether a stop with this id is never refused: of the open transaction, or with an empty id. */
  isNeverRefused(id: string): boolean {
    return this.#guaranteedStops.has(id);
  }

  /**
   * Takes a fault for known that cannot mend itself: another meter, or another key. It stays known across restarts.
   *
   * @param untilMs monotonic time in milliseconds until which it waits for its turn; by default as long as it takes
   * @throws {TransactionError}
   */
  acknowledge(subType: AcknowledgeableFault, untilMs?: number): Promise<void> {
    const doing = `acknowledge a fault of meter ${this.#context.meter.name}`;
    return this.#answer(doing, async () => {
      const work = () => acknowledge(this.#context, subType);
      return await this.#queue.run({ kind: "acknowledge", doing, work }, untilMs);
    });
  }

  /**
   * Tells how a transaction stands: the one that is asked for, else the open one, else the last.
   *
   * @param id empty: the open one, else the last
   * @throws {TransactionError} `UNKNOWN_TRANSACTION` or `JOURNAL_FAILED`
   */
  status(id: string): TransactionStatus {
    const { journal, meter } = this.#context;
    try {
      const transaction = journal.transaction(meter.name, id === "" ? this.current.transactionId ?? "" : id);
      if (transaction !== undefined) {
        const { recordSeq } = transaction;
        return { transaction, record: recordSeq === undefined ? undefined : journal.record(recordSeq) };
      }
      if (id !== "") throw unknownTransaction(this.#context, id);
      return this.current;
    } catch (error) {
      throw transactionError(error, `tell the state of a transaction on meter ${meter.name}`);
    }
  }

  /**
   * Finds again what the meter holds: to be called whenever setup has read who the meter is. Resolves when it is
   * through, or when the meter is away. Never rejects.
   */
  recover(): Promise<void> {
    return this.#recovery.run();
  }

  /** Takes the OCMF state that the monitor read; one that does not fit has the meter asked. */
  observe(state: OcmfState): void {
    const { kind } = this.#context.tracker.state;
    const fits = kind === "running"
      ? state === "RUNNING"
      : isOpen(this.#context.tracker.state) || state === "NOT_READY";
    if (!fits) void this.#recovery.run();
  }

  /**
   * Refuses requests that wait, lets the one that is under way end, ends the work in the background and closes the feed.
   */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#queue.close();
    await Promise.all(this.#pendingWork);
    await this.#recovery.close();
    this.events.close();
  }

  /** Whose transaction it is, is seen first: the meter may be another than before. */
  async #afterIdentityCheck<T>(work: () => Promise<T>): Promise<T> {
    await checkMeterIdentity(this.#context);
    return await work();
  }

  async #answer<T>(doing: string, work: () => Promise<T>): Promise<T> {
    if (this.#closed) throw serviceEnding(doing);
    try {
      return await this.#closeAfter(work());
    } catch (error) {
      const failure = transactionError(error, doing);
      if (!(failure instanceof RequestNotStarted)) this.#recovery.runAfter(failure);
      throw failure;
    }
  }

  /** Has `close` wait for it. */
  #closeAfter<T>(work: Promise<T>): Promise<T> {
    const ended = work.then(() => {}, () => {}).finally(() => this.#pendingWork.delete(ended));
    this.#pendingWork.add(ended);
    return work;
  }

  /** Records that an earlier process stored and did not judge. Never rejects. */
  #verifyUnverifiedRecords(): Promise<void> {
    const { meter, journal, log } = this.#context;
    return meter.exclusive(async () => {
      try {
        for (const record of journal.unjudged(meter.name)) await verifyStoredRecord(this.#context, record);
      } catch (error) {
        log.error(errorText(error), { meter: meter.name });
      }
    });
  }
}

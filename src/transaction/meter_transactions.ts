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
import { notAccepted, RequestNotStarted } from "./request_refusals.ts";
import { RequestQueue } from "./request_queue.ts";
import type { StartResult, StopResult, TransactionStatus } from "./results.ts";
import { refuseEnded, requireConfirmedOrOnline, runStart, type WhenRunning } from "./run_start.ts";
import { endedTransaction, recordOf, runStop } from "./run_stop.ts";
import type { StartRequest } from "./start_request.ts";
import { Tracker } from "./tracker.ts";
import { unknownTransaction } from "./unknown_transaction.ts";

/** The most ids that a request by prefix returns. */
const maxIdsWith = 21;

/**
 * The transactions of one meter: starts, stops, and transactions that are found on the meter after a crash, a restart
 * or a power loss. A record is in the journal before the meter may erase it.
 */
export class MeterTransactions {
  /** Events of the transactions, for one reader. */
  readonly events: Feed<TransactionEvent> = new Feed<TransactionEvent>();
  readonly #context: Context;
  readonly #recovery: Recovery;
  readonly #queue: RequestQueue;
  readonly #guaranteedStops: GuaranteedStops;
  readonly #pendingWork = new Set<Promise<void>>();
  readonly #closing = new AbortController();
  /** Why new requests are refused; undefined: they are accepted. */
  #refusal: string | undefined;

  /** @throws {JournalError} the journal cannot be read */
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
    if (place?.replaced !== undefined) reportReplacement(options, place.meterId, place.replaced);
    this.#closeAfter(this.#verifyUnverifiedRecords());
  }

  /** The open transaction, otherwise the last one. */
  get current(): CurrentTransaction {
    return this.#context.tracker.current;
  }

  /** Whether a transaction is open, or work on the meter that must not be interrupted is in progress. */
  get isBusy(): boolean {
    return isOpen(this.#context.tracker.state) || this.#work !== undefined;
  }

  /** Resolves when it is not busy, or after `close`. A new request can make it busy again. */
  async notBusy(): Promise<void> {
    const { signal } = this.#closing;
    while (this.isBusy && !signal.aborted) await (this.#work ?? this.#context.tracker.changed(signal));
  }

  /**
   * Starts a transaction. A repeated start of the running transaction succeeds again and changes nothing.
   *
   * @param untilMs monotonic time in milliseconds until which the request waits for its turn; default: no limit
   * @param whenRunning what to do if another transaction is running when it is the turn of this request
   * @throws {TransactionError}
   */
  start(request: StartRequest, untilMs?: number, whenRunning: WhenRunning = "supersede"): Promise<StartResult> {
    const doing = `start a transaction on meter ${this.#context.meter.name}`;
    return this.#answer(doing, async () => {
      refuseEnded(this.#context, request.transactionId);
      const recognised = this.#context.meter.recognised();
      if (recognised !== undefined) await recognised;
      billingIdentity(this.#context);
      requireConfirmedOrOnline(this.#context, request.transactionId);
      const work = () => this.#afterIdentityCheck(() => runStart(this.#context, request, whenRunning));
      return await this.#queue.run({ kind: "start", doing, work }, untilMs);
    });
  }

  /**
   * Stops a transaction and returns its record. A repeated stop returns the same record from the journal. An empty id
   * ends the open transaction. A stop of the open transaction, or with an empty id, is carried out even if the time of
   * its caller has passed; repeated stops get the same answer.
   *
   * @param untilMs monotonic time in milliseconds until which the request waits for its turn; default: no limit
   * @returns undefined for an empty id if nothing was open
   * @throws {TransactionError} a step failed; the remaining steps are finished in the background
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

  /** Whether a stop with this id is never refused: the id of the open transaction, or an empty id. */
  isNeverRefused(id: string): boolean {
    return this.#guaranteedStops.has(id);
  }

  /**
   * Acknowledges a replaced meter or a changed public key, permanently.
   *
   * @param untilMs monotonic time in milliseconds until which the request waits for its turn; default: no limit
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
   * The status of a transaction.
   *
   * @param id empty: the open transaction, otherwise the last one
   * @throws {TransactionError} `UNKNOWN_TRANSACTION` or `JOURNAL_FAILED`
   */
  status(id: string): TransactionStatus {
    const { journal, meter } = this.#context;
    try {
      const transaction = journal.transaction(meter.name, id === "" ? this.current.transactionId ?? "" : id);
      if (transaction !== undefined) return { transaction, record: recordOf(this.#context, transaction) };
      if (id !== "") throw unknownTransaction(this.#context, id);
      return this.current;
    } catch (error) {
      throw transactionError(error, `read the state of a transaction on meter ${meter.name}`);
    }
  }

  /**
   * The ids of this meter that begin with a text, in order; an id that is equal to it comes first.
   *
   * @throws {TransactionError} `JOURNAL_FAILED`
   */
  idsWith(prefix: string): string[] {
    const { journal, meter } = this.#context;
    try {
      return journal.transactionIds(prefix, { meter: meter.name, limit: maxIdsWith });
    } catch (error) {
      throw transactionError(error, `read the transaction ids of meter ${meter.name}`);
    }
  }

  /**
   * Recovers the transaction on the meter. Call it whenever setup has identified the meter. Resolves when it is
   * complete, or when the meter is offline. Never rejects.
   */
  recover(): Promise<void> {
    return this.#recovery.run();
  }

  /** Compares the OCMF state from the monitor with the known state; starts recovery if they differ. */
  observe(state: OcmfState): void {
    const { kind } = this.#context.tracker.state;
    const fits = kind === "running"
      ? state === "RUNNING"
      : isOpen(this.#context.tracker.state) || state === "NOT_READY";
    if (!fits) void this.#recovery.run();
  }

  /**
   * Refuses new requests at once and waiting ones, finishes the current one, ends the background work and closes the
   * feed.
   *
   * @param reason why new requests are refused, as a clause
   */
  async close(reason = "the service is ending"): Promise<void> {
    this.#refusal = reason;
    this.#closing.abort();
    await this.#queue.close();
    await Promise.all(this.#pendingWork);
    await this.#recovery.close();
    this.events.close();
  }

  /** Checks the identity of the meter first, because it may have been replaced. */
  async #afterIdentityCheck<T>(work: () => Promise<T>): Promise<T> {
    await checkMeterIdentity(this.#context);
    return await work();
  }

  async #answer<T>(doing: string, work: () => Promise<T>): Promise<T> {
    if (this.#refusal !== undefined) throw notAccepted(doing, this.#refusal);
    try {
      return await this.#closeAfter(work());
    } catch (error) {
      const failure = transactionError(error, doing);
      if (!(failure instanceof RequestNotStarted)) this.#recovery.runAfter(failure);
      throw failure;
    }
  }

  /** Work in progress that ends by itself. */
  get #work(): Promise<unknown> | undefined {
    return this.#pendingWork.size > 0 ? Promise.all(this.#pendingWork) : this.#queue.working ?? this.#recovery.working;
  }

  /** Makes `close` wait for `work`. */
  #closeAfter<T>(work: Promise<T>): Promise<T> {
    const ended = work.then(() => {}, () => {}).finally(() => this.#pendingWork.delete(ended));
    this.#pendingWork.add(ended);
    return work;
  }

  /** Verifies records that an earlier process has stored but not verified. Never rejects. */
  #verifyUnverifiedRecords(): Promise<void> {
    const { meter, journal, log } = this.#context;
    return meter.exclusive(async () => {
      try {
        for (const record of journal.recordsWithoutVerdict(meter.name)) await verifyStoredRecord(this.#context, record);
      } catch (error) {
        log.error(errorText(error), { meter: meter.name });
      }
    });
  }
}

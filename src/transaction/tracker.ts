import { hex } from "../base/hex.ts";
import { errorText } from "../base/log.ts";
import type { Feed } from "../base/feed.ts";
import { Mutex } from "../base/mutex.ts";
import { Waiters } from "../base/waiters.ts";
import type { LiveJournal, NewRecord, StoredRecord, TransactionChange } from "../journal/mod.ts";
import { registers } from "../meter/mod.ts";
import type { CurrentTransaction, MeterTransactionsOptions, TransactionEvent } from "./meter_transactions_options.ts";
import {
  type Effect,
  type Input,
  isBeginning,
  isMonitored,
  restore,
  step,
  type TransactionState,
} from "./state_machine.ts";

/** Facts about a transaction in addition to its state. */
type Details = Pick<TransactionChange, "evseId" | "request" | "startedAtMs">;

interface ApplyOptions {
  readonly details?: Details;
  readonly loss?: string | undefined;
}

type JournalEffect = Extract<Effect, { do: "journal" }>;

/** Keeps the state of a meter's transactions and carries out the effects of the state machine. */
export class Tracker {
  readonly #options: MeterTransactionsOptions;
  readonly #events: Feed<TransactionEvent>;
  #state: TransactionState;
  #confirmed = false;
  #endSent: boolean;
  /** One step at a time: the next step begins with the state after this one. */
  readonly #steps = new Mutex();
  readonly #changes = new Waiters();

  /** @throws {JournalError} the journal cannot be read */
  constructor(options: MeterTransactionsOptions, events: Feed<TransactionEvent>) {
    const { journal, meter } = options;
    this.#options = options;
    this.#events = events;
    this.#state = restore(journal.openTransactions(meter.name).at(-1) ?? journal.lastTransaction(meter.name));
    this.#endSent = this.#state.kind === "stopping";
    meter.monitor(isMonitored(this.#state));
  }

  /** The present state. */
  get state(): TransactionState {
    return this.#state;
  }

  /** Resolves when the state changes, or when `signal` is aborted. */
  changed(signal: AbortSignal): Promise<void> {
    return this.#changes.wait(signal);
  }

  /** Whether the state was read from the meter since the process began. */
  get confirmed(): boolean {
    return this.#confirmed;
  }

  /** Whether the meter has begun the open transaction, if any. */
  get hasBegun(): boolean {
    return !isBeginning(this.#state);
  }

  /** Whether the meter may have received an 'E' for the open transaction, from this process or an earlier one. */
  get endSent(): boolean {
    return this.#endSent;
  }

  /** Call it before an 'E' is written. */
  noteEndSent(): void {
    this.#endSent = true;
  }

  /** The published form of the state. */
  get current(): CurrentTransaction {
    const { kind, transactionId } = this.#state;
    return { state: kind, ...(transactionId !== undefined && { transactionId }) };
  }

  /**
   * Applies an input that must be in the journal first.
   *
   * @throws {JournalError} nothing has changed
   */
  commit(input: Input, details: Details = {}): Promise<void> {
    return this.#applyStep(input, (effect) => this.#journal(effect, details));
  }

  /**
   * Applies an input even if it cannot be written to the journal, because the meter would report it again. A failed
   * write raises the fault `JournalFailed`.
   *
   * @param options `loss`: why a transaction that ends without a record has none
   */
  apply(input: Input, { details = {}, loss }: ApplyOptions = {}): Promise<void> {
    return this.#applyStep(input, async (effect) => {
      try {
        await this.#journal(effect, details, loss);
      } catch (error) {
        this.#options.log.error(errorText(error), { meter: this.#options.meter.name });
      }
    });
  }

  /**
   * Writes to the journal; success clears the fault `JournalFailed`, failure raises it.
   *
   * @throws {JournalError}
   */
  async write<T>(work: (journal: LiveJournal) => Promise<T>): Promise<T> {
    const { faults } = this.#options.meter;
    try {
      const result = await work(this.#options.journal);
      faults.clear("JournalFailed");
      return result;
    } catch (error) {
      faults.raise("JournalFailed", errorText(error));
      throw error;
    }
  }

  /**
   * Stores a record, verifies it and applies the step, without interruption: a stop that is recorded in between would
   * reopen the transaction in the journal.
   *
   * @param record creates the record from the state in which it is stored
   * @param verify runs before the record is announced; `created`: whether the record is new
   * @throws {JournalError} nothing has changed
   */
  store(
    record: (state: TransactionState) => NewRecord,
    verify: (record: StoredRecord, created: boolean) => Promise<void>,
  ): Promise<StoredRecord> {
    return this.#steps.run(async () => {
      const { record: stored, created } = await this.write((journal) => journal.storeRecord(record(this.#state)));
      await verify(stored, created);
      const { seq, transactionId, reason } = stored;
      this.#events.push({ kind: "record", seq });
      await this.#step({ kind: "stored", transactionId, reason }, (effect) => this.#journal(effect, {}));
      return stored;
    });
  }

  /** Logs that a transaction has ended without a record. */
  logLoss(transactionId: string, loss = "the meter has neither the transaction nor its file"): void {
    const { log, meter } = this.#options;
    log.error(`Transaction ${transactionId} has ended without a record: ${loss}`, {
      meter: meter.name,
    });
  }

  #applyStep(input: Input, journal: (effect: JournalEffect) => Promise<void>): Promise<void> {
    return this.#steps.run(() => this.#step(input, journal));
  }

  async #step(input: Input, journal: (effect: JournalEffect) => Promise<void>): Promise<void> {
    const before = this.#state;
    const next = step(before, input);
    for (const effect of next.effects) {
      if (effect.do === "journal") await journal(effect);
    }
    this.#state = next.state;
    this.#confirmed ||= input.kind === "meter";
    if (next.state.kind !== "stopping") this.#endSent = false;
    for (const effect of next.effects) this.#carryOut(effect);
    if (before.kind !== next.state.kind || before.transactionId !== next.state.transactionId) {
      this.#events.push({ kind: "state", ...this.current });
      this.#changes.release();
    }
  }

  #carryOut(effect: Effect): void {
    const { meter } = this.#options;
    if (effect.do === "monitor") meter.monitor(effect.on);
    if (effect.do !== "raise" || effect.fault === "OcmfTransactionClosed" && !meter.reportsClosing) return;
    meter.faults.raise(effect.fault, this.#faultMessage(effect.fault));
  }

  #faultMessage(fault: "OcmfTransactionClosed" | "OcmfCorrupted"): string {
    const register = hex(registers.transaction.ocmfState.at);
    const id = this.#state.transactionId ?? "without an id";
    return fault === "OcmfCorrupted"
      ? `The meter reports its OCMF file as corrupted (register ${register}h, last transaction ${id}); its content is stored in the journal`
      : `The meter has closed transaction ${id} itself (register ${register}h is READY); its record is fetched and published`;
  }

  async #journal(effect: JournalEffect, details: Details, loss?: string): Promise<void> {
    const { meter, journal, time } = this.#options;
    const known = journal.transaction(meter.name, effect.transactionId)?.meterId;
    const own = meter.identity?.meterId;
    const begins = effect.state === "starting" || effect.state === "running";
    if (effect.state === "finished" && effect.reason === "not_on_meter") this.logLoss(effect.transactionId, loss);
    await this.write(() =>
      journal.change({
        meter: meter.name,
        meterId: (begins ? own : known) ?? own ?? known ?? "",
        transactionId: effect.transactionId,
        state: effect.state,
        reason: effect.reason,
        atMs: time.now(),
        ...details,
      })
    );
  }
}

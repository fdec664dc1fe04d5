import { BackOff } from "../base/back_off.ts";
import { errorText } from "../base/log.ts";
import { withoutRepeats } from "../base/problem_log.ts";
import type { Context } from "./context.ts";
import { endTransaction } from "./end_transaction.ts";
import { FileNotErased, type TransactionError, type TransactionErrorCode } from "./errors.ts";
import { checkMeterIdentity, isSameMeter } from "./meter_replacement.ts";
import { fetchRecord } from "./fetch_record.ts";
import { verifyStoredRecord } from "./verify_stored_record.ts";
import { isOpen } from "./state_machine.ts";
import { syncState } from "./meter_transaction_state.ts";

/** Failures without an effect on the meter. */
const codesWithoutEffect: readonly TransactionErrorCode[] = [
  "UNKNOWN_TRANSACTION",
  "TRANSACTION_FINISHED",
  "TRANSACTION_OPEN",
  "NOT_SUPPORTED",
  "METER_OFFLINE",
];

/** Pauses between two attempts if the meter answers badly or the journal cannot be written. */
const pauses = { firstMs: 1000, longestMs: 30_000 };

/** Recovers the transaction on the meter and finishes it, with retries. One attempt at a time. */
export class Recovery {
  readonly #context: Context;
  readonly #closing = new AbortController();
  #isRequested = false;
  #loop: Promise<void> | undefined;
  #pauseEnd = new AbortController();

  constructor(context: Context) {
    this.#context = { ...context, log: withoutRepeats(context.log, context.time) };
  }

  /** Resolves when recovery is complete, or when the meter is offline; undefined: it does not run. */
  get working(): Promise<void> | undefined {
    return this.#loop;
  }

  /** Requests an attempt. Resolves when recovery is complete, or when the meter is offline. Never rejects. */
  run(): Promise<void> {
    if (this.#closing.signal.aborted) return Promise.resolve();
    this.#isRequested = true;
    this.#pauseEnd.abort();
    this.#loop ??= this.#work();
    return this.#loop;
  }

  /** Requests an attempt after a failed request, unless the request had no effect on the meter. */
  runAfter(failure: TransactionError): void {
    const { kind } = this.#context.tracker.state;
    // The state of the meter decides about a transaction that is neither running nor ended
    const isBetweenStates = kind === "starting" || kind === "stopping";
    const hadEffect = failure instanceof FileNotErased || !codesWithoutEffect.includes(failure.code);
    if (isBetweenStates || hadEffect) void this.run();
  }

  /** Ends the attempts; the current one is finished. */
  async close(): Promise<void> {
    this.#closing.abort();
    this.#pauseEnd.abort();
    await this.#loop;
  }

  async #work(): Promise<void> {
    const { meter, time } = this.#context;
    const backOff = new BackOff(pauses);
    while (this.#isRequested && !this.#closing.signal.aborted) {
      this.#isRequested = false;
      this.#pauseEnd = new AbortController();
      if (await this.#attempt()) continue;
      if (meter.state === "offline" || meter.state === "stopped") break;
      this.#isRequested = true;
      await time.sleep(backOff.failed(), this.#pauseEnd.signal);
    }
    this.#loop = undefined;
  }

  /** @returns false: it must be repeated after a pause */
  async #attempt(): Promise<boolean> {
    const { meter, log } = this.#context;
    try {
      return await meter.exclusive(() => recoverOnce(this.#context));
    } catch (error) {
      log.warn(`Cannot finish the transaction on the meter; retrying: ${errorText(error)}`, { meter: meter.name });
      return false;
    }
  }
}

/**
 * One attempt: reads the state of the meter, ends the transaction if required, and fetches its record.
 *
 * @returns see {@linkcode FetchedRecord.isErased}
 */
async function recoverOnce(context: Context): Promise<boolean> {
  const { meter, tracker, journal } = context;
  await checkMeterIdentity(context);
  for (const record of journal.recordsWithoutVerdict(meter.name)) await verifyStoredRecord(context, record);
  if (meter.identity?.billing.able !== true) return true;
  const { state } = await syncState(context);
  const ends = state === "RUNNING" && tracker.state.kind === "stopping";
  const closed = ends ? await endTransaction(context, tracker.state.why) : state;
  if (closed === "RUNNING") return true;
  const isErased = closed === "NOT_READY" || (await fetchRecord(context, closed, ends ? "ended" : "found")).isErased;
  await closeLostTransactions(context);
  return isErased;
}

/** Ends transactions that are only open in the journal, because a change could not be written. */
async function closeLostTransactions({ tracker, journal, meter, time }: Context): Promise<void> {
  if (isOpen(tracker.state)) return;
  for (const { transactionId, meterId, state } of journal.openTransactions(meter.name)) {
    const isReplaced = !isSameMeter(meterId, meter.identity?.meterId ?? "");
    if (state !== "starting" && !isReplaced) tracker.logLoss(transactionId);
    await tracker.write(() =>
      journal.change({
        meter: meter.name,
        meterId,
        transactionId,
        state: state === "starting" && !isReplaced ? "idle" : "finished",
        reason: isReplaced ? "meter_exchanged" : "not_on_meter",
        atMs: time.now(),
      })
    );
  }
}

import type { SharedWork } from "../base/shared_work.ts";
import { billingIdentity, type Context } from "./context.ts";
import { transactionError } from "./errors.ts";
import { checkMeterIdentity } from "./meter_replacement.ts";
import type { Recovery } from "./recovery.ts";
import { RequestNotStarted } from "./request_refusals.ts";
import type { RequestQueue } from "./request_queue.ts";
import type { StopResult } from "./results.ts";
import { isOpenHere, recordStopIntent, runStop, runStopAny } from "./run_stop.ts";

/** The most callers that wait for the result of one stop. */
const maxCallers = 1000;

/**
 * Stops that are never refused: of the open transaction by id, or with an empty id. Each is written to the journal when
 * it arrives, and carried out even if its caller no longer waits. A repeated stop gets the answer of the first one.
 */
export class GuaranteedStops {
  readonly #context: Context;
  readonly #queue: RequestQueue;
  readonly #recovery: Recovery;
  readonly #stops = new Map<string, SharedWork<StopResult | undefined>>();

  /** @param recovery finishes the remaining work of a stop */
  constructor(context: Context, queue: RequestQueue, recovery: Recovery) {
    this.#context = context;
    this.#queue = queue;
    this.#recovery = recovery;
  }

  /** Whether a stop with this id is never refused. */
  has(id: string): boolean {
    return id === "" || isOpenHere(this.#context, id);
  }

  /**
   * Carries out the stop, or joins one that waits or has begun.
   *
   * @param untilMs monotonic time in milliseconds until which the caller waits for it to begin; undefined: no limit
   * @returns undefined for an empty id if nothing was open, or it has no id
   * @throws {TransactionError}
   */
  async carryOut(id: string, untilMs: number | undefined): Promise<StopResult | undefined> {
    const what = `${id === "" ? "the open transaction" : `transaction ${id}`} on meter ${this.#context.meter.name}`;
    const known = this.#stops.get(id);
    // A stop with an empty id also ends starts that were requested before it and have not begun
    const startsFollow = known !== undefined && id === "" && this.#queue.hasAfter(known, "start");
    const joined = startsFollow ? undefined : known;
    if (joined !== undefined && joined.callers >= maxCallers) {
      throw new RequestNotStarted(
        "BUSY",
        `The stop of ${what} is carried out, but ${maxCallers} requests are already waiting for it`,
      );
    }
    const late = () =>
      new RequestNotStarted(
        "TIMEOUT",
        `The stop of ${what} is carried out, but too late for this request; repeat the request`,
      );
    // Also for a stop that joins: a start may have begun a transaction after the first stop
    const kept = recordStopIntent(this.#context, id);
    const stop = joined ?? this.#begin(id, what, kept);
    try {
      return await stop.join({ untilMs, late });
    } finally {
      await kept;
    }
  }

  #begin(id: string, what: string, kept: Promise<void>): SharedWork<StopResult | undefined> {
    const { meter, log } = this.#context;
    const stop = this.#queue.runGuaranteed({
      kind: "stop",
      doing: `stop ${what}`,
      goesFirst: id !== "",
      afterRestart: "the open transaction is stopped when the service runs again",
      work: async () => {
        try {
          await kept;
          billingIdentity(this.#context);
          await checkMeterIdentity(this.#context);
          const stopped = id === "" ? await runStopAny(this.#context) : await runStop(this.#context, id);
          if (!stopped.isErased) void this.#recovery.run();
          return stopped.result;
        } catch (error) {
          const failure = transactionError(error, `stop ${what}`);
          if (stop.callers === 0) log.warn(`${failure.code}: ${failure.message}`, { meter: meter.name });
          this.#recovery.runAfter(failure);
          throw failure;
        } finally {
          if (this.#stops.get(id) === stop) this.#stops.delete(id);
        }
      },
    });
    this.#stops.set(id, stop);
    return stop;
  }
}

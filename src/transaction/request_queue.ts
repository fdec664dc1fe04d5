import { SharedWork } from "../base/shared_work.ts";
import type { Time } from "../base/time.ts";
import { busy, maxWaiting, serviceEnding, waitedTooLong } from "./request_refusals.ts";

/** What is asked of a meter that only one request at a time may do. */
export type RequestKind = "start" | "stop" | "acknowledge";

/** A request that is added to the queue. */
export interface QueuedRequest<T> {
  readonly kind: RequestKind;
  /** For messages: "start a transaction on meter evse-1". */
  readonly doing: string;
  /** Runs within `exclusive`. */
  readonly work: () => Promise<T>;
}

/** A request that must be carried out, whether somebody waits for it or not. */
export interface GuaranteedRequest<T> extends QueuedRequest<T> {
  /** Whether it goes before those that wait already. */
  readonly goesFirst: boolean;
  /** What becomes of it when the service ends first, for messages. */
  readonly afterRestart: string;
}

interface Entry {
  readonly kind: RequestKind;
  readonly work: Pick<SharedWork<unknown>, "begin" | "refuse">;
  readonly guaranteed: boolean;
  readonly ending: () => Error;
}

/** The requests of one meter: one at a time, in the order of arrival, so many of each kind at most. */
export class RequestQueue {
  readonly #exclusive: (work: () => Promise<void>) => Promise<void>;
  readonly #time: Time;
  readonly #entries: Entry[] = [];
  #working: Promise<void> | undefined;

  /** @param exclusive runs one piece of work at a time, also of others than this queue */
  constructor(exclusive: (work: () => Promise<void>) => Promise<void>, time: Time) {
    this.#exclusive = exclusive;
    this.#time = time;
  }

  /**
   * Carries a request out in its turn.
   *
   * @param untilMs monotonic time in milliseconds until which it waits for its turn; undefined: for ever
   * @throws {RequestNotStarted} `BUSY`, `TIMEOUT`, or `METER_OFFLINE` after `close`
   * @throws what the work throws
   */
  async run<T>({ kind, doing, work }: QueuedRequest<T>, untilMs: number | undefined): Promise<T> {
    if (this.#entries.filter((entry) => entry.kind === kind && !entry.guaranteed).length >= maxWaiting) {
      throw busy(doing);
    }
    const shared = new SharedWork(work, this.#time, { onLeft: () => this.#remove(shared) });
    const outcome = shared.join({ untilMs, late: () => waitedTooLong(doing) });
    this.#entries.push({ kind, work: shared, guaranteed: false, ending: () => serviceEnding(doing) });
    this.#working ??= this.#runAll();
    return await outcome;
  }

  /** Carries a request out in its turn, however many wait, and whether its callers still wait or not. */
  runGuaranteed<T>({ kind, doing, work, goesFirst, afterRestart }: GuaranteedRequest<T>): SharedWork<T> {
    const shared = new SharedWork(work, this.#time, { guaranteed: true });
    const entry = { kind, work: shared, guaranteed: true, ending: () => serviceEnding(doing, afterRestart) };
    const place = goesFirst ? this.#entries.findIndex(({ guaranteed }) => !guaranteed) : -1;
    this.#entries.splice(place < 0 ? this.#entries.length : place, 0, entry);
    this.#working ??= this.#runAll();
    return shared;
  }

  /** Whether a request of this kind waits that came later than `work`, which waits or is under way. */
  hasAfter(work: unknown, kind: RequestKind): boolean {
    const place = this.#entries.findIndex((entry) => entry.work === work);
    return this.#entries.slice(place + 1).some((entry) => entry.kind === kind);
  }

  /** Refuses everything that waits. Resolves when what is under way is finished. */
  async close(): Promise<void> {
    for (const { work, ending } of this.#entries.splice(0)) work.refuse(ending());
    await this.#working;
  }

  async #runAll(): Promise<void> {
    while (this.#entries.length > 0) await this.#exclusive(async () => await this.#entries.shift()?.work.begin());
    this.#working = undefined;
  }

  #remove(work: unknown): void {
    const place = this.#entries.findIndex((entry) => entry.work === work);
    if (place >= 0) this.#entries.splice(place, 1);
  }
}

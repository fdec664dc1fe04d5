import { SharedWork } from "../base/shared_work.ts";
import type { Time } from "../base/time.ts";
import { busy, maxWaiting, serviceEnding, waitedTooLong } from "./request_refusals.ts";

/** Kind of a request that must not run in parallel with others. */
export type RequestKind = "start" | "stop" | "acknowledge";

/** A request for the queue. */
export interface QueuedRequest<T> {
  readonly kind: RequestKind;
  /** The operation, for messages: "start a transaction on meter evse-1". */
  readonly doing: string;
  /** Runs within `exclusive`. */
  readonly work: () => Promise<T>;
}

/** A request that is carried out even if no caller waits for it. */
export interface GuaranteedRequest<T> extends QueuedRequest<T> {
  /** Whether it comes before the waiting requests. */
  readonly goesFirst: boolean;
  /** What happens to it if the service ends before, for messages. */
  readonly afterRestart: string;
}

interface Entry {
  readonly kind: RequestKind;
  readonly work: Pick<SharedWork<unknown>, "begin" | "refuse">;
  readonly guaranteed: boolean;
  readonly ending: () => Error;
}

/** The requests of one meter: one at a time, in order of arrival, with a limit for each kind. */
export class RequestQueue {
  readonly #exclusive: (work: () => Promise<void>) => Promise<void>;
  readonly #time: Time;
  readonly #entries: Entry[] = [];
  #working: Promise<void> | undefined;

  /** @param exclusive runs one task at a time, also tasks from outside this queue */
  constructor(exclusive: (work: () => Promise<void>) => Promise<void>, time: Time) {
    this.#exclusive = exclusive;
    this.#time = time;
  }

  /** Resolves when the queue is empty; undefined: it is empty. */
  get working(): Promise<void> | undefined {
    return this.#working;
  }

  /**
   * Carries out a request in its turn.
   *
   * @param untilMs monotonic time in milliseconds until which it waits for its turn; undefined: no limit
   * @throws {RequestNotStarted} `BUSY`, `TIMEOUT`, or `METER_OFFLINE` after `close`
   * @throws the error of the work
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

  /** Carries out a request in its turn, without a limit, even if its callers no longer wait. */
  runGuaranteed<T>({ kind, doing, work, goesFirst, afterRestart }: GuaranteedRequest<T>): SharedWork<T> {
    const shared = new SharedWork(work, this.#time, { guaranteed: true });
    const entry = { kind, work: shared, guaranteed: true, ending: () => serviceEnding(doing, afterRestart) };
    const place = goesFirst ? this.#entries.findIndex(({ guaranteed }) => !guaranteed) : -1;
    this.#entries.splice(place < 0 ? this.#entries.length : place, 0, entry);
    this.#working ??= this.#runAll();
    return shared;
  }

  /** Whether a request of this kind waits that was added after `work`. */
  hasAfter(work: unknown, kind: RequestKind): boolean {
    const place = this.#entries.findIndex((entry) => entry.work === work);
    return this.#entries.slice(place + 1).some((entry) => entry.kind === kind);
  }

  /** Refuses all waiting requests. Resolves when the current one is finished. */
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

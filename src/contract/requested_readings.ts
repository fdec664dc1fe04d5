import { SharedWork } from "../base/shared_work.ts";
import type { Time } from "../base/time.ts";
import type { Reading } from "../meter/mod.ts";
import { busy, ending, maxWaiting, waitedTooLong } from "../transaction/mod.ts";
import type { MeterPost } from "./posts.ts";

/**
 * Readings on request, one at a time for each meter. Requests that arrive during a reading share the next one: the one
 * under way may be older than they are.
 */
export class RequestedReadings {
  readonly #time: Time;
  /** What is to be read next of each meter. */
  readonly #next = new Map<MeterPost, SharedWork<Reading>>();
  readonly #reading = new Set<MeterPost>();
  #closed = false;

  constructor(time: Time) {
    this.#time = time;
  }

  /**
   * A reading that begins now, or when the one under way has ended.
   *
   * @param untilMs monotonic time in milliseconds until which the request waits for its reading to begin
   * @throws {TransactionError} `BUSY`, `TIMEOUT`, or `METER_OFFLINE` after `close`
   * @throws what the meter throws
   */
  async take(post: MeterPost, untilMs: number): Promise<Reading> {
    const doing = `read ${post.name}`;
    if (this.#closed) throw ending(doing);
    const next = this.#next.get(post) ?? this.#add(post);
    if (next.callers >= maxWaiting) throw busy(doing);
    const reading = next.join({ untilMs, late: () => waitedTooLong(doing) });
    if (!this.#reading.has(post)) void this.#run(post);
    return await reading;
  }

  /** Refuses what waits; readings under way are finished. */
  close(): void {
    this.#closed = true;
    for (const [post, next] of this.#next) next.refuse(ending(`read ${post.name}`));
    this.#next.clear();
  }

  #add(post: MeterPost): SharedWork<Reading> {
    const next = new SharedWork(async () => await post.meter.readNow(), this.#time, {
      onLeft: () => this.#next.delete(post),
    });
    this.#next.set(post, next);
    return next;
  }

  async #run(post: MeterPost): Promise<void> {
    this.#reading.add(post);
    for (let next = this.#next.get(post); next !== undefined; next = this.#next.get(post)) {
      this.#next.delete(post);
      await next.begin();
    }
    this.#reading.delete(post);
  }
}

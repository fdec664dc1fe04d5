import { SharedWork } from "../base/shared_work.ts";
import type { Time } from "../base/time.ts";
import type { Reading } from "../meter/mod.ts";
import { busy, maxWaiting, serviceEnding, waitedTooLong } from "../transaction/mod.ts";
import type { ServedMeter } from "./served_meter.ts";

/**
 * Readings on request, one at a time for each meter. Requests that arrive during a reading share the next one, because
 * the current one may have begun before they arrived.
 */
export class RequestedReadings {
  readonly #time: Time;
  /** The next reading of each meter. */
  readonly #next = new Map<ServedMeter, SharedWork<Reading>>();
  readonly #reading = new Set<ServedMeter>();
  #closed = false;

  constructor(time: Time) {
    this.#time = time;
  }

  /**
   * A reading that begins now, or after the current one has ended.
   *
   * @param untilMs monotonic time in milliseconds until which the request waits for its reading to begin
   * @throws {TransactionError} `BUSY`, `TIMEOUT`, or `METER_OFFLINE` after `close`
   * @throws the errors of the meter
   */
  async take(served: ServedMeter, untilMs: number): Promise<Reading> {
    const doing = `read ${served.name}`;
    if (this.#closed) throw serviceEnding(doing);
    const next = this.#next.get(served) ?? this.#add(served);
    if (next.callers >= maxWaiting) throw busy(doing);
    const reading = next.join({ untilMs, late: () => waitedTooLong(doing) });
    if (!this.#reading.has(served)) void this.#run(served);
    return await reading;
  }

  /** Refuses waiting requests; current readings are finished. */
  close(): void {
    this.#closed = true;
    for (const [served, next] of this.#next) next.refuse(serviceEnding(`read ${served.name}`));
    this.#next.clear();
  }

  #add(served: ServedMeter): SharedWork<Reading> {
    const next = new SharedWork(async () => await served.meter.readNow(), this.#time, {
      onLeft: () => this.#next.delete(served),
    });
    this.#next.set(served, next);
    return next;
  }

  async #run(served: ServedMeter): Promise<void> {
    this.#reading.add(served);
    for (let next = this.#next.get(served); next !== undefined; next = this.#next.get(served)) {
      this.#next.delete(served);
      await next.begin();
    }
    this.#reading.delete(served);
  }
}

import { dayMs, type Time } from "../base/time.ts";

/** When an unacknowledged record was published; monotonic milliseconds. */
interface Published {
  readonly firstMs: number;
  readonly lastMs: number;
}

/**
 * Records that were published without an acknowledgement: the stream may have stored them. Within its duplicate window,
 * the stream stores such a record only once. After that it would store each attempt, so attempts become less frequent
 * while it is unknown whether the stream has the record.
 */
export class UnacknowledgedRecords {
  readonly #time: Pick<Time, "mono">;
  readonly #published = new Map<number, Published>();

  constructor(time: Pick<Time, "mono">) {
    this.#time = time;
  }

  has(seq: number): boolean {
    return this.#published.has(seq);
  }

  /** Adds a record that was published without an acknowledgement. */
  add(seq: number): void {
    const lastMs = this.#time.mono();
    this.#published.set(seq, { firstMs: this.#published.get(seq)?.firstMs ?? lastMs, lastMs });
  }

  /** Removes a record: it is known whether the stream has it. */
  remove(seq: number): void {
    this.#published.delete(seq);
  }

  /** Whether to publish a record again although it is unknown whether the stream has it. */
  mayPublish(seq: number, duplicateWindowMs: number): boolean {
    const published = this.#published.get(seq);
    if (published === undefined) return true;
    const { firstMs, lastMs } = published;
    const nowMs = this.#time.mono();
    // Half of the window, because the stream started to count a little later
    if (nowMs - firstMs < duplicateWindowMs / 2) return true;
    return nowMs - lastMs >= Math.min(Math.max(lastMs - firstMs, duplicateWindowMs), longestMs);
  }
}

const longestMs = dayMs;

import type { Time } from "../base/time.ts";

/** When a record was published that nobody acknowledged; monotonic milliseconds. */
interface Published {
  readonly firstMs: number;
  readonly lastMs: number;
}

/**
 * Records that were published without an acknowledgement: the stream may have them. Within its duplicate window it keeps
 * such a record once. Later it would store each attempt, so that without knowing better they get ever rarer.
 */
export class DoubtfulRecords {
  readonly #time: Pick<Time, "mono">;
  readonly #published = new Map<number, Published>();

  constructor(time: Pick<Time, "mono">) {
    this.#time = time;
  }

  has(seq: number): boolean {
    return this.#published.has(seq);
  }

  /** It was published, and no acknowledgement came. */
  add(seq: number): void {
    const lastMs = this.#time.mono();
    this.#published.set(seq, { firstMs: this.#published.get(seq)?.firstMs ?? lastMs, lastMs });
  }

  /** The stream has it, or does not. */
  settle(seq: number): void {
    this.#published.delete(seq);
  }

  /** Whether to publish it once more although nobody says whether the stream has it. */
  mayPublish(seq: number, duplicateWindowMs: number): boolean {
    const published = this.#published.get(seq);
    if (published === undefined) return true;
    const { firstMs, lastMs } = published;
    const nowMs = this.#time.mono();
    // Half: the stream began to count a little later than we did
    if (nowMs - firstMs < duplicateWindowMs / 2) return true;
    return nowMs - lastMs >= Math.min(Math.max(lastMs - firstMs, duplicateWindowMs), longestMs);
  }
}

const longestMs = 86_400_000;

import { type Time, wakeUpGridMs } from "../src/base/time.ts";

/**
 * Waits that need not be exact. Each wake-up of the process costs as much as the work of an exchange, so the waits of many
 * lines end together. Lines that once ended a wait together continue together.
 */
export class SharedTimers {
  readonly #time: Pick<Time, "mono" | "sleep">;
  /** The waits that have not ended, by their end in monotonic milliseconds. */
  readonly #waits = new Map<number, Promise<void>>();

  constructor(time: Pick<Time, "mono" | "sleep">) {
    this.#time = time;
  }

  /**
   * Waits until about a time.
   *
   * @param atMs monotonic milliseconds
   * @returns a promise that resolves up to 10 ms and the delay of a timer later
   */
  at(atMs: number): Promise<void> {
    const endMs = Math.ceil(atMs / wakeUpGridMs) * wakeUpGridMs;
    const known = this.#waits.get(endMs);
    if (known !== undefined) return known;
    const ended = this.#time.sleep(Math.max(0, Math.ceil(endMs - this.#time.mono()))).then(() => {
      this.#waits.delete(endMs);
    });
    this.#waits.set(endMs, ended);
    return ended;
  }
}

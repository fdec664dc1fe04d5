import type { Time } from "./time.ts";

/**
 * Sleeps end at multiples of this time of the monotonic clock. Each wake-up of the process costs as much as the work after
 * it, so the sleeps of many watchdogs end together.
 */
const wakeUpGridMs = 10;

/** One deadline that changes often and rarely expires; a change usually creates no timer. */
export class Watchdog {
  readonly #time: Time;
  readonly #onDue: () => void;
  readonly #stopping = new AbortController();
  /** End times of the pending sleeps. */
  readonly #wakes = new Set<number>();
  #deadline: number | undefined;

  /** @param onDue is called when a deadline has passed */
  constructor(time: Time, onDue: () => void) {
    this.#time = time;
    this.#onDue = onDue;
  }

  /** Sets the deadline, a monotonic time in milliseconds. */
  set(deadline: number): void {
    this.#deadline = deadline;
    for (const wake of this.#wakes) {
      if (wake <= deadline) return;
    }
    // Usually the deadline is removed by then
    const earlier = Math.floor(deadline / wakeUpGridMs) * wakeUpGridMs;
    void this.#check(earlier > this.#time.mono() ? earlier : deadline);
  }

  /** Removes the deadline. */
  clear(): void {
    this.#deadline = undefined;
  }

  /** Removes the deadline and the timers; it must not be set again. */
  stop(): void {
    this.clear();
    this.#stopping.abort();
  }

  /** Sleeps until `wake` and then checks the deadline. */
  async #check(wake: number): Promise<void> {
    this.#wakes.add(wake);
    await this.#time.sleep(wake - this.#time.mono(), this.#stopping.signal);
    this.#wakes.delete(wake);
    const due = this.#deadline;
    if (due === undefined) return;
    if (due > this.#time.mono()) return this.set(due);
    // On a busy machine, received bytes may not have been read yet: wait for one more turn of the event loop
    await this.#time.sleep(0);
    if (this.#deadline !== due) return;
    this.#deadline = undefined;
    this.#onDue();
  }
}

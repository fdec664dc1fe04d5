import type { Time } from "./time.ts";

/** One deadline that moves often and fires seldom: moving it costs nothing as a rule. */
export class Watchdog {
  readonly #time: Time;
  readonly #onDue: () => void;
  readonly #stopping = new AbortController();
  /** When the sleeps that are under way end. */
  readonly #wakes = new Set<number>();
  #deadline: number | undefined;

  /** @param onDue called when a deadline has passed */
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
    void this.#look(deadline);
  }

  /** Takes the deadline back. */
  clear(): void {
    this.#deadline = undefined;
  }

  /** Takes the deadline back and the timers down; it is not set again. */
  stop(): void {
    this.clear();
    this.#stopping.abort();
  }

  /** Sleeps until `wake` and looks how the deadline stands then. */
  async #look(wake: number): Promise<void> {
    this.#wakes.add(wake);
    await this.#time.sleep(wake - this.#time.mono(), this.#stopping.signal);
    this.#wakes.delete(wake);
    const due = this.#deadline;
    if (due === undefined) return;
    if (due > this.#time.mono()) return this.set(due);
    // On a busy machine bytes may have come that nobody has looked at yet: one more turn, then it is late.
    await this.#time.sleep(0);
    if (this.#deadline !== due) return;
    this.#deadline = undefined;
    this.#onDue();
  }
}

import type { Time } from "../src/base/time.ts";

/** One deadline that moves often and fires seldom: moving it later costs nothing. */
export class Watchdog {
  readonly #time: Time;
  readonly #onDue: () => void;
  #deadline: number | undefined;
  #sleepingUntil = 0;
  #wake = new AbortController();
  #running = false;

  /** @param onDue called when a deadline has passed */
  constructor(time: Time, onDue: () => void) {
    this.#time = time;
    this.#onDue = onDue;
  }

  /** Sets the deadline, a monotonic time in milliseconds. */
  set(deadline: number): void {
    this.#deadline = deadline;
    if (!this.#running) void this.#run();
    // With a reason of its own no exception is made for it.
    else if (deadline < this.#sleepingUntil) this.#wake.abort("earlier");
  }

  /** Takes the deadline back. */
  clear(): void {
    this.#deadline = undefined;
  }

  /** Takes the deadline back and the timer down. */
  stop(): void {
    this.clear();
    this.#wake.abort();
  }

  async #run(): Promise<void> {
    this.#running = true;
    while (this.#deadline !== undefined) {
      const due = this.#deadline;
      const left = due - this.#time.mono();
      if (left > 0) {
        this.#sleepingUntil = due;
        this.#wake = new AbortController();
        await this.#time.sleep(left, this.#wake.signal);
        continue;
      }
      // On a busy machine bytes may have come that nobody has looked at yet: one more turn, then it is late.
      await this.#time.sleep(0);
      if (this.#deadline !== due) continue;
      this.#deadline = undefined;
      this.#onDue();
    }
    this.#running = false;
  }
}

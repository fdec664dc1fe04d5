import { BackOff } from "../base/back_off.ts";
import type { Time } from "../base/time.ts";
import { within } from "../base/waits.ts";

/** The longest pause between two passes in milliseconds. */
export const longestPauseMs = 30_000;
const firstPauseMs = 1_000;

/** Repeats a delivery: when it is woken, after a pause, and a last time when it is closed. */
export class DeliveryLoop {
  readonly #pass: () => Promise<number | undefined>;
  readonly #time: Time;
  #wake = new AbortController();
  #isClosing = false;
  #ended: Promise<void> = Promise.resolve();

  /**
   * @param pass delivers what waits; resolves with the pause until the next pass in milliseconds, or with undefined if
   * something still waits: then the pauses grow up to 30 s. Never rejects
   */
  constructor(pass: () => Promise<number | undefined>, time: Time) {
    this.#pass = pass;
    this.#time = time;
  }

  /** Whether the present pass is the last one, or one more follows at once. */
  get isClosing(): boolean {
    return this.#isClosing;
  }

  /** Whether another pass was requested since the present one began. */
  get isWoken(): boolean {
    return this.#wake.signal.aborted;
  }

  start(): void {
    this.#ended = this.#run();
  }

  /** Begins the next pass, at once or after the present one. */
  wake(): void {
    this.#wake.abort();
  }

  /** Makes a last pass and waits at most `withinMs` milliseconds for it. */
  async close(withinMs: number): Promise<void> {
    this.#isClosing = true;
    this.wake();
    await within(this.#ended, withinMs, this.#time);
  }

  async #run(): Promise<void> {
    const backOff = new BackOff({ firstMs: firstPauseMs, longestMs: longestPauseMs });
    for (let last = false; !last;) {
      last = this.#isClosing;
      this.#wake = new AbortController();
      const pauseMs = await this.#pass();
      if (pauseMs !== undefined) backOff.reset();
      if (!this.#isClosing) await this.#time.sleep(pauseMs ?? backOff.failed(), this.#wake.signal);
    }
  }
}

import { backOffMs } from "../src/base/back_off.ts";
import type { PortError } from "./errors.ts";

const firstMs = 100;
/** The first attempts (about 5 s) have short pauses, because an adapter often returns soon. */
const quick = { attempts: 20, maxMs: 250 } as const;
/** Longest pause for a device that exists but accepts no bytes, as a multiple of the usual pause. */
const stuckFactor = 30;

/** The pause before a line is opened again; it becomes longer while that does not help. */
export class ReopenPause {
  readonly #maxMs: number;
  #attempts = 0;

  /** @param maxMs longest pause for a missing device */
  constructor(maxMs: number) {
    this.#maxMs = maxMs;
  }

  /**
   * The pause in milliseconds.
   *
   * @param error why the device could not be opened or was lost
   * @param useful whether the device has sent bytes since it was opened
   */
  after(error: PortError | undefined, useful: boolean): number {
    this.#attempts = useful ? 1 : this.#attempts + 1;
    return backOffMs(this.#attempts, { firstMs, longestMs: this.#longestMs(error) });
  }

  #longestMs(error: PortError | undefined): number {
    if (error?.code === "stuck") return stuckFactor * this.#maxMs;
    return this.#attempts <= quick.attempts ? Math.min(quick.maxMs, this.#maxMs) : this.#maxMs;
  }
}

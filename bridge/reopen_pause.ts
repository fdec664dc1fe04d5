import { backOffMs } from "../src/base/back_off.ts";
import type { PortError } from "./errors.ts";

const firstMs = 100;
/** An adapter that flaps is back soon: the first attempts (about 5 s) follow each other quickly. */
const quick = { attempts: 20, mostMs: 250 } as const;
/** Longest pause for a device that is there and takes no bytes, as a multiple of the usual pause. */
const stuckFactor = 30;

/** How long a line stays closed before it is opened again: longer while nothing comes of it. */
export class ReopenPause {
  readonly #mostMs: number;
  #attempts = 0;

  /** @param mostMs longest pause for a device that is absent */
  constructor(mostMs: number) {
    this.#mostMs = mostMs;
  }

  /**
   * The pause in milliseconds.
   *
   * @param error why the device did not open or went away
   * @param useful whether anything came from the device since it was opened
   */
  after(error: PortError | undefined, useful: boolean): number {
    this.#attempts = useful ? 1 : this.#attempts + 1;
    return backOffMs(this.#attempts, { firstMs, longestMs: this.#longestMs(error) });
  }

  #longestMs(error: PortError | undefined): number {
    if (error?.code === "stuck") return stuckFactor * this.#mostMs;
    return this.#attempts <= quick.attempts ? Math.min(quick.mostMs, this.#mostMs) : this.#mostMs;
  }
}

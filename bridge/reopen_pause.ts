import type { PortError } from "./errors.ts";

/** A device that was of use is tried again after this: one that flaps is back within the same phase. */
const firstMs = 100;
/** A device that is there and takes nothing is left alone for so many times the usual pause. */
const stuckFactor = 30;

/** How long a line stays closed before it is opened again: longer each time that nothing has come of it. */
export class ReopenPause {
  readonly #mostMs: number;
  #lastMs = 0;

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
    const most = error?.code === "stuck" ? stuckFactor * this.#mostMs : this.#mostMs;
    const grown = useful || this.#lastMs === 0 ? firstMs : 2 * this.#lastMs;
    return this.#lastMs = Math.min(grown, most);
  }
}

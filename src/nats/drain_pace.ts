/**
 * How fast a backlog leaves: at most 200 readings a second, and less when acknowledgements become slow, since many nodes
 * may drain into one hub at the same time.
 */
export class DrainPace {
  #slowMs = slowMs;
  #portion = most;

  /** @param roundTripMs of a ping, which is fast even where a stream is not */
  begin(roundTripMs: number): void {
    this.#slowMs = slowMs + roundTrips * roundTripMs;
  }

  /** How many readings to publish together. */
  get portion(): number {
    return this.#portion;
  }

  /**
   * A portion was acknowledged.
   *
   * @param tookMs from its publishing to its last acknowledgement
   * @returns milliseconds until the next portion
   */
  acknowledged(tookMs: number): number {
    if (tookMs <= this.#slowMs) {
      this.#portion = Math.min(most, this.#portion + step);
      return Math.max(0, portionMs - tookMs);
    }
    this.failed();
    // As long a pause as the work: whoever else is waiting has its turn.
    return tookMs;
  }

  /** A portion was refused or not acknowledged. */
  failed(): void {
    this.#portion = Math.max(1, Math.floor(this.#portion / 2));
  }
}

/** 20 readings each 100 ms. */
const most = 20;
const portionMs = 100;
const step = 2;
const slowMs = 200;
const roundTrips = 3;

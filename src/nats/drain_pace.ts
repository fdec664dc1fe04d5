/**
 * The rate at which a backlog is published: at most 200 readings a second, and fewer when acknowledgements become slow,
 * because many nodes may send their backlog to one hub at the same time.
 */
export class DrainPace {
  #slowMs = slowMs;
  #portion = maxPortion;

  /** @param roundTripMs round trip of a ping, which is fast even if a stream is slow */
  begin(roundTripMs: number): void {
    this.#slowMs = slowMs + roundTrips * roundTripMs;
  }

  /** Number of readings to publish together. */
  get portion(): number {
    return this.#portion;
  }

  /**
   * Call it when a batch was acknowledged.
   *
   * @param tookMs time from publishing to the last acknowledgement
   * @returns milliseconds until the next batch
   */
  acknowledged(tookMs: number): number {
    if (tookMs <= this.#slowMs) {
      this.#portion = Math.min(maxPortion, this.#portion + step);
      return Math.max(0, portionMs - tookMs);
    }
    this.failed();
    // The pause is as long as the work, so that other clients of the stream get their turn
    return tookMs;
  }

  /** Call it when a batch was refused or not acknowledged. */
  failed(): void {
    this.#portion = Math.max(1, Math.floor(this.#portion / 2));
  }
}

/** 20 readings every 100 ms. */
const maxPortion = 20;
const portionMs = 100;
const step = 2;
const slowMs = 200;
const roundTrips = 3;

import type { Time } from "../base/time.ts";

/** Readings that wait in the spool of the service for longer are not sent to EVerest. */
export const maxReadingAgeMs = 30_000;
/** After a pause of this length, the clock of the service may have been set back. */
const clockPauseMs = 10_000;

/**
 * Selects the readings for EVerest, which takes each one for the present state. After an interruption, the service
 * publishes the readings of its spool between the live ones.
 */
export class FreshReadings {
  readonly #time: Pick<Time, "now" | "mono">;
  #newest = "";
  #acceptedAtMs = -Infinity;

  constructor(time: Pick<Time, "now" | "mono">) {
    this.#time = time;
  }

  /** Whether a reading is new. @param timestamp RFC 3339 UTC with milliseconds */
  accepts(timestamp: string): boolean {
    const nowMs = this.#time.mono();
    const isNewest = timestamp > this.#newest || nowMs - this.#acceptedAtMs >= clockPauseMs;
    if (!isNewest || !(this.#time.now() - Date.parse(timestamp) < maxReadingAgeMs)) return false;
    this.#newest = timestamp;
    this.#acceptedAtMs = nowMs;
    return true;
  }
}

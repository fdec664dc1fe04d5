import { LinePace } from "../src/base/log_pace.ts";
import { dayMs, hourMs, type Time, timestamp } from "../src/base/time.ts";

/** The most kinds of a failure whose first occurrence is logged; more kinds are only counted. */
const maxKinds = 5;

/**
 * Decides which occurrences of a lasting failure are logged: the first one of each kind, then one an hour with the
 * count, and after the first day one every six hours. A device that is missing for a month causes 145 lines, in
 * addition to the lines of its meters.
 */
export class RepeatedFailure {
  readonly #time: Time;
  readonly #kinds = new Set<string>();
  #count = 0;
  #since = "";
  #beganAt = 0;
  readonly #pace: LinePace;

  constructor(time: Time) {
    this.#time = time;
    this.#pace = new LinePace(time);
  }

  /** Number of occurrences since it began; 0: there is no failure. */
  get count(): number {
    return this.#count;
  }

  /** `20 times since 2026-01-31T08:00:00.000Z` */
  get countText(): string {
    return `${this.#count} times since ${this.#since}`;
  }

  /**
   * Reports an occurrence.
   *
   * @param kind groups occurrences that are the same failure for an operator
   * @returns the text to log; undefined: this occurrence is only counted
   */
  occurred(kind: string, text: string): string | undefined {
    const now = this.#time.mono();
    if (this.#count++ === 0) {
      this.#since = timestamp(this.#time.now());
      this.#beganAt = now;
    } else if (this.#kinds.has(kind) || this.#kinds.size === maxKinds) {
      const pauseMs = now - this.#beganAt < dayMs ? hourMs : 6 * hourMs;
      return this.#pace.isDue(pauseMs) ? `${text}; ${this.countText}` : undefined;
    }
    this.#kinds.add(kind);
    this.#pace.logged();
    return text;
  }

  /** Ends the failure: the next occurrence is the first one of a new failure. */
  over(): void {
    this.#count = 0;
    this.#kinds.clear();
  }
}

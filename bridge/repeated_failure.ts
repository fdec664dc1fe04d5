import { type Time, timestamp } from "../src/base/time.ts";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** Kinds of a failure that are logged when they occur for the first time; what more there are is only counted. */
const mostKinds = 5;

/**
 * Decides which occurrences of a failure that goes on are logged: the first one of each kind, and one an hour with the
 * count so far, one every six hours after the first day. A device that is absent for a month takes 145 lines, beside
 * those of its meters.
 */
export class RepeatedFailure {
  readonly #time: Time;
  readonly #kinds = new Set<string>();
  #count = 0;
  #since = "";
  #beganAt = 0;
  #loggedAt = 0;

  constructor(time: Time) {
    this.#time = time;
  }

  /** How often it occurred since it began; 0: it does not go on. */
  get count(): number {
    return this.#count;
  }

  /** `20 times since 2026-01-31T08:00:00.000Z` */
  get countText(): string {
    return `${this.#count} times since ${this.#since}`;
  }

  /**
   * It occurred.
   *
   * @param kind what is the same failure to an operator
   * @returns what to log; undefined when this one is only counted
   */
  occurred(kind: string, text: string): string | undefined {
    const now = this.#time.mono();
    if (this.#count++ === 0) {
      this.#since = timestamp(this.#time.now());
      this.#beganAt = now;
    } else if (this.#kinds.has(kind) || this.#kinds.size === mostKinds) {
      const pauseMs = now - this.#beganAt < dayMs ? hourMs : 6 * hourMs;
      if (now - this.#loggedAt < pauseMs) return undefined;
      this.#loggedAt = now;
      return `${text}; ${this.countText}`;
    }
    this.#kinds.add(kind);
    this.#loggedAt = now;
    return text;
  }

  /** It is over: the next occurrence is the first one again. */
  over(): void {
    this.#count = 0;
    this.#kinds.clear();
  }
}

import { BackOff } from "../base/back_off.ts";

/** The least number of failed exchanges. */
const minExchanges = 3;
/** Pause before the line is opened again if that did not help; it doubles each time. */
const pauses = { firstMs: 10_000, longestMs: 600_000 } as const;

/** When a line counts as failed. */
export interface WatchRules {
  /** Whether this also applies to a line on which no unit has answered yet. */
  readonly withoutAnswers: boolean;
  /** The least duration of the failure. */
  readonly minMs: number;
}

/**
 * Detects a failure of the line and not of a single meter: several consecutive exchanges have failed, and they include
 * every unit that has ever answered.
 */
export class UnitWatch {
  readonly #rules: WatchRules;
  readonly #answered = new Set<number>();
  readonly #failed = new Set<number>();
  #count = 0;
  /** Whether no exchange has failed since the last answer, which is the usual case. */
  #isAnswering = true;
  /** Monotonic time of the first failed exchange. */
  #failingSinceMs = 0;
  #notBefore = -Infinity;
  readonly #backOff = new BackOff(pauses);

  constructor(rules: WatchRules) {
    this.#rules = rules;
  }

  /** Call it when a unit has answered. */
  answered(unit: number): void {
    if (!this.#isAnswering) this.#recover();
    if (!this.#answered.has(unit)) this.#answered.add(unit);
  }

  /**
   * Call it when an exchange with a unit has failed.
   *
   * @param now monotonic milliseconds
   * @returns whether the line must be opened again
   */
  failed(unit: number, now: number): boolean {
    if (this.#isAnswering) this.#failingSinceMs = now;
    this.#isAnswering = false;
    this.#failed.add(unit);
    this.#count++;
    if (this.#count < minExchanges || now < this.#notBefore || now < this.#failingSinceMs + this.#rules.minMs) {
      return false;
    }
    if (this.#answered.size === 0 && !this.#rules.withoutAnswers) return false;
    if (!this.#answered.isSubsetOf(this.#failed)) return false;
    this.#begin();
    this.#notBefore = now + this.#backOff.failed();
    return true;
  }

  /** A unit that is no longer used cannot fail, so it must not be awaited. */
  forget(unit: number): void {
    this.#answered.delete(unit);
    this.#failed.delete(unit);
  }

  #recover(): void {
    this.#isAnswering = true;
    this.#begin();
    this.#notBefore = -Infinity;
    this.#backOff.reset();
  }

  #begin(): void {
    this.#failed.clear();
    this.#count = 0;
  }
}

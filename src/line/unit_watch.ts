import { BackOff } from "../base/back_off.ts";

/** The least number of failed exchanges. */
const minExchanges = 3;
/** Pause before the line is opened again if that did not help; it doubles each time. */
const pauses = { firstMs: 10_000, longestMs: 600_000 } as const;

/** When a line counts as failed. */
export interface WatchRules {
  /** Whether this also applies to a line on which no unit has answered yet. */
  readonly unheardToo: boolean;
  /** The least duration of the failure. */
  readonly leastMs: number;
}

/**
 * Detects a failure of the line and not of a single meter: several consecutive exchanges have failed, and they include
 * every unit that has ever answered.
 */
export class UnitWatch {
  readonly #rules: WatchRules;
  readonly #heard = new Set<number>();
  readonly #troubled = new Set<number>();
  #count = 0;
  /** Whether no exchange has failed since the last answer, which is the usual case. */
  #calm = true;
  /** Monotonic time of the first failed exchange. */
  #since = 0;
  #notBefore = -Infinity;
  readonly #backOff = new BackOff(pauses);

  constructor(rules: WatchRules) {
    this.#rules = rules;
  }

  /** Call it when a unit has answered. */
  heard(unit: number): void {
    if (!this.#calm) this.#recover();
    if (!this.#heard.has(unit)) this.#heard.add(unit);
  }

  /**
   * Call it when an exchange with a unit has failed.
   *
   * @param now monotonic milliseconds
   * @returns whether the line must be opened again
   */
  troubled(unit: number, now: number): boolean {
    if (this.#calm) this.#since = now;
    this.#calm = false;
    this.#troubled.add(unit);
    this.#count++;
    if (this.#count < minExchanges || now < this.#notBefore || now < this.#since + this.#rules.leastMs) return false;
    if (this.#heard.size === 0 && !this.#rules.unheardToo) return false;
    if (!this.#heard.isSubsetOf(this.#troubled)) return false;
    this.#begin();
    this.#notBefore = now + this.#backOff.failed();
    return true;
  }

  #recover(): void {
    this.#calm = true;
    this.#begin();
    this.#notBefore = -Infinity;
    this.#backOff.reset();
  }

  #begin(): void {
    this.#troubled.clear();
    this.#count = 0;
  }
}

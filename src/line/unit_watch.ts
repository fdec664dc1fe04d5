import { BackOff } from "../base/back_off.ts";

/** Exchanges in trouble that it takes at least. */
const minExchanges = 3;
/** Pause before the line is opened once more if that did not help; it doubles each time. */
const pauses = { firstMs: 10_000, longestMs: 600_000 } as const;

/** What it takes to give a line up. */
export interface WatchRules {
  /** Whether a line counts on which no unit has answered yet. */
  readonly unheardToo: boolean;
  /** How long the trouble has lasted at least. */
  readonly leastMs: number;
}

/**
 * Detects that a line is in trouble, and not only a meter: several exchanges in a row were in trouble, and they include
 * every unit that ever answered.
 */
export class UnitWatch {
  readonly #rules: WatchRules;
  readonly #heard = new Set<number>();
  readonly #troubled = new Set<number>();
  #count = 0;
  /** No trouble since a unit answered: as a rule there is nothing to reset. */
  #calm = true;
  /** Monotonic time of the first exchange in trouble. */
  #since = 0;
  #notBefore = -Infinity;
  readonly #backOff = new BackOff(pauses);

  constructor(rules: WatchRules) {
    this.#rules = rules;
  }

  /** A unit answered. */
  heard(unit: number): void {
    if (!this.#calm) this.#recover();
    if (!this.#heard.has(unit)) this.#heard.add(unit);
  }

  /**
   * An exchange with a unit was in trouble.
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

import { seeded } from "../../src/simulator/random.ts";

/** Random decisions that are equal for equal seeds. */
export class Chance {
  readonly #numbers: Generator<number, never, void>;

  constructor(seed: number) {
    this.#numbers = seeded(seed);
  }

  /** A whole number from `min` to `max`. */
  between(min: number, max: number): number {
    return min + Math.floor(this.#numbers.next().value * (max - min + 1));
  }

  /** True in `percent` % of all cases. */
  happens(percent: number): boolean {
    return this.#numbers.next().value * 100 < percent;
  }

  /** One of several values. */
  pick<T>(from: readonly [T, ...T[]]): T {
    return from[this.between(0, from.length - 1)] ?? from[0];
  }

  /** A name, chosen by weight. */
  weighted<K extends string>(weights: Readonly<Record<K, number>>): K {
    const names = Object.keys(weights) as [K, ...K[]];
    const total = names.reduce((sum, name) => sum + weights[name], 0);
    let left = this.#numbers.next().value * total;
    return names.find((name) => (left -= weights[name]) < 0) ?? names[0];
  }
}

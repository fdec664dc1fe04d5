import type { Property } from "./property.ts";

/** One check of one property. */
export interface Round {
  readonly property: Property;
  readonly seed: number;
  /** Why it failed, and how to reproduce it. */
  readonly report?: string;
}

/** Time limit and source of seeds. */
export interface FuzzOptions {
  readonly properties: readonly Property[];
  /** Whether there is time for another round. */
  readonly goesOn: () => boolean;
  readonly nextSeed: () => number;
}

/** Checks the properties in turn, each round with a new seed. A failed property is not checked again. */
export async function* fuzzRounds({ properties, goesOn, nextSeed }: FuzzOptions): AsyncGenerator<Round> {
  let left = properties;
  while (left.length > 0) {
    for (const property of left) {
      if (!goesOn()) return;
      const seed = nextSeed();
      const report = await property.check({ seed });
      if (report !== undefined) left = left.filter((other) => other !== property);
      yield { property, seed, ...(report !== undefined && { report }) };
    }
  }
}

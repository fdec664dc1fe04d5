import fc from "fast-check";

/** Which cases of a property to look at. */
export interface Cases {
  /** The same seed gives the same cases. */
  readonly seed: number;
  /** The way to one failing case of this seed, as a failure names it. */
  readonly path?: string;
  /** How many cases. @default {@linkcode Property.runs} */
  readonly runs?: number;
}

/** What holds for every input: the tests check it with a pinned seed, `deno task fuzz` with random ones. */
export interface Property {
  /** The name on the command line of `deno task fuzz`. */
  readonly name: string;
  /** What holds, as a sentence. */
  readonly title: string;
  /** Cases that one check looks at. */
  readonly runs: number;
  /** Looks for a case in which it does not hold; resolves with a report when there is one. */
  check(cases: Cases): Promise<string | undefined>;
}

/** Who a property is. */
export type PropertyHead = Pick<Property, "name" | "title" | "runs">;

/** A case of an asynchronous property that takes longer than this hangs. */
const hangMs = 120_000;

/** A property over inputs alone. */
export function property<Input extends [unknown, ...unknown[]]>(
  head: PropertyHead,
  inputs: { [Index in keyof Input]: fc.Arbitrary<Input[Index]> },
  holds: (...input: Input) => void | Promise<void>,
): Property {
  return propertyIn(head, inputs, (check) => check(holds));
}

/**
 * A property that needs something around it, such as a server.
 *
 * @param around opens what is needed, calls `check` with the body, and closes what it opened
 */
export function propertyIn<Input extends [unknown, ...unknown[]]>(
  head: PropertyHead,
  inputs: { [Index in keyof Input]: fc.Arbitrary<Input[Index]> },
  around: (
    check: (holds: (...input: Input) => void | Promise<void>) => Promise<string | undefined>,
  ) => Promise<string | undefined>,
): Property {
  return {
    ...head,
    check: ({ seed, path, runs = head.runs }) =>
      around(async (holds) => {
        const details = await fc.check(
          fc.asyncProperty<Input>(...inputs, async (...input) => await holds(...input)),
          { seed, numRuns: runs, timeout: hangMs, ...(path !== undefined && { path, endOnFailure: true }) },
        );
        if (!details.failed) return undefined;
        const report = await fc.asyncDefaultReportMessage(details) ?? "";
        const found = details.counterexamplePath ?? path;
        return `${report}\n\nReproduce it with\n  ${commandFor(head.name, seed, found)}`;
      }),
  };
}

/** A property of what a seed alone decides; nothing is gained by shrinking a seed. */
export function seededProperty(head: PropertyHead, holds: (seed: number) => void | Promise<void>): Property {
  return property(head, [fc.noShrink(fc.integer({ min: 1, max: 2 ** 31 - 1 }))], holds);
}

/** The command that looks at the same cases again. */
export function commandFor(name: string, seed: number, path?: string | null): string {
  return `deno task fuzz --property ${name} --seed ${seed}${path ? ` --path ${path}` : ""}`;
}

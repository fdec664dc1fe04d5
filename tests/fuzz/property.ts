import fc from "fast-check";

/** Which cases of a property to check. */
export interface Cases {
  /** The same seed gives the same cases. */
  readonly seed: number;
  /** Path to one failing case of this seed, from the report of a failure. */
  readonly path?: string;
  /** Number of cases. @default {@linkcode Property.runs} */
  readonly runs?: number;
}

/** A property of every input: the tests check it with a fixed seed, `deno task fuzz` with random seeds. */
export interface Property {
  /** Its name on the command line of `deno task fuzz`. */
  readonly name: string;
  /** The property, as a sentence. */
  readonly title: string;
  /** Number of cases of one check. */
  readonly runs: number;
  /** Searches for a case in which it does not hold; resolves with a report if there is one. */
  check(cases: Cases): Promise<string | undefined>;
}

/** Identity of a property. */
export type PropertyHead = Pick<Property, "name" | "title" | "runs">;

/** Time limit of a case of an asynchronous property. */
const hangMs = 120_000;

/** A property of inputs only. */
export function property<Input extends [unknown, ...unknown[]]>(
  head: PropertyHead,
  inputs: { [Index in keyof Input]: fc.Arbitrary<Input[Index]> },
  holds: (...input: Input) => void | Promise<void>,
): Property {
  return propertyIn(head, inputs, (check) => check(holds));
}

/**
 * A property that needs resources, such as a server.
 *
 * @param around opens the resources, calls `check` with the body, and closes the resources
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
          {
            seed,
            numRuns: runs,
            timeout: hangMs,
            includeErrorInReport: true,
            ...(path !== undefined && { path, endOnFailure: true }),
          },
        );
        if (!details.failed) return undefined;
        const report = await fc.asyncDefaultReportMessage(details) ?? "";
        const found = details.counterexamplePath ?? path;
        return `${report}\n\nReproduce it with\n  ${commandFor(head.name, seed, found)}`;
      }),
  };
}

/** A property of a seed; seeds are not shrunk. */
export function seededProperty(head: PropertyHead, holds: (seed: number) => void | Promise<void>): Property {
  return property(head, [fc.noShrink(fc.integer({ min: 1, max: 2 ** 31 - 1 }))], holds);
}

/** The command that checks the same cases again. */
export function commandFor(name: string, seed: number, path?: string | null): string {
  return `deno task fuzz --property ${name} --seed ${seed}${path ? ` --path ${path}` : ""}`;
}

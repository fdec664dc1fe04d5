import { parseArgs } from "node:util";
import type { CrashCase } from "../transaction/crash_world.ts";
import { parseCase } from "./case_text.ts";
import { properties } from "./properties.ts";
import type { Property } from "./property.ts";

/** What to do. */
export type FuzzJob =
  | { readonly kind: "help" }
  | { readonly kind: "minutes"; readonly minutes: number; readonly properties: readonly Property[] }
  | { readonly kind: "again"; readonly property: Property; readonly seed: number; readonly path?: string }
  | { readonly kind: "pairs" }
  | { readonly kind: "world"; readonly world: CrashCase };

/** The text of --help. */
export const usage = `Usage: deno task fuzz --minutes N [--property NAME]
       deno task fuzz --property NAME --seed S [--path P]
       deno task fuzz --pairs
       deno task fuzz --world WORLD

Checks the properties of the tests with random seeds. Ends with 0 when all of them
hold; otherwise with 1, and prints for each failure the command that reproduces it.

  --minutes N      checks all properties in turn for N minutes
  --property NAME  only this property
  --seed S         the cases of this seed, once
  --path P         the one case that a failure names
  --pairs          runs every pair of mishaps and failpoints of a whole transaction
  --world WORLD    runs one world that --pairs names

Example: deno task fuzz --minutes 10

Properties:
${properties.map(({ name, title }) => `  ${name}\n      ${title}`).join("\n")}
`;

/** Parses the command line. @throws {TypeError} it is invalid */
export function fuzzJob(args: readonly string[]): FuzzJob {
  const text = { type: "string" } as const;
  const flag = { type: "boolean" } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      help: { ...flag, short: "h" },
      pairs: flag,
      minutes: text,
      property: text,
      seed: text,
      path: text,
      world: text,
    },
  });
  const { help, pairs, minutes, property: name, seed, path, world } = values;
  if (help) return { kind: "help" };
  const property = name === undefined ? undefined : known(name);
  const ways = [pairs, minutes, seed, world].filter((way) => way !== undefined).length;
  if (ways !== 1) throw new TypeError("Give one of --minutes, --property with --seed, --pairs and --world");
  if (path !== undefined && seed === undefined) throw new TypeError("--path requires --property and --seed");
  if (minutes !== undefined) {
    const chosen = property === undefined ? properties : [property];
    return { kind: "minutes", minutes: whole("--minutes", minutes), properties: chosen };
  }
  if (seed !== undefined) {
    if (property === undefined) throw new TypeError("--seed requires --property");
    return { kind: "again", property, seed: whole("--seed", seed), ...(path !== undefined && { path }) };
  }
  if (property !== undefined) throw new TypeError("--property requires --minutes or --seed");
  return world === undefined ? { kind: "pairs" } : { kind: "world", world: parseCase(world) };
}

function known(name: string): Property {
  const property = properties.find((one) => one.name === name);
  if (property === undefined) {
    throw new TypeError(`Unknown property '${name}': allowed are ${properties.map((one) => one.name).join(", ")}`);
  }
  return property;
}

function whole(what: string, text: string): number {
  if (!/^\d{1,10}$/.test(text)) throw new TypeError(`Cannot use ${what} '${text}': allowed is a whole number`);
  return Number(text);
}

import { isDeepStrictEqual } from "node:util";
import { snakeKeys } from "../base/key_case.ts";

/** The paths of all keys whose values differ, as in the file: `nats.servers`. A list is one value. */
export function changedKeys(before: object, after: object): string[] {
  return [...differences(snakeKeys(before), snakeKeys(after), "")];
}

function* differences(before: object, after: object, path: string): Iterable<string> {
  const [valuesBefore, valuesAfter] = [new Map(Object.entries(before)), new Map(Object.entries(after))];
  for (const key of new Set([...valuesBefore.keys(), ...valuesAfter.keys()])) {
    const [one, other] = [valuesBefore.get(key), valuesAfter.get(key)];
    if (isDeepStrictEqual(one, other)) continue;
    if (isSection(one) && isSection(other)) yield* differences(one, other, `${path}${key}.`);
    else yield `${path}${key}`;
  }
}

function isSection(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

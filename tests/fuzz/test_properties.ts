import assert from "node:assert/strict";
import type { Property } from "./property.ts";

/** The fixed seed of every property in the tests, so that they check the same cases each time. */
const pinnedSeed = 20260131;

/** Registers a test of each property. */
export function testProperties(properties: readonly Property[]): void {
  for (const property of properties) {
    Deno.test(property.title, async () => {
      const report = await property.check({ seed: pinnedSeed });
      if (report !== undefined) assert.fail(report);
    });
  }
}

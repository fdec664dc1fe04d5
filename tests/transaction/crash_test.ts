import assert from "node:assert/strict";
import { failpoints } from "../../src/transaction/mod.ts";
import { testProperties } from "../fuzz/test_properties.ts";
import { crashProperties } from "./crash_properties.ts";
import { runCrashCase, scenarioNames } from "./crash_world.ts";

for (const scenario of scenarioNames) {
  Deno.test(`MeterTransactions loses and duplicates nothing if the process ends at any failpoint: ${scenario}`, async (t) => {
    const occasions = await runCrashCase({ scenario, mishapPlan: new Map(), closingChecks: 0 });
    for (const failpoint of failpoints) {
      const nth = occasions.findIndex(({ name }) => name === failpoint);
      await t.step(failpoint, async () => {
        await runCrashCase({ scenario, mishapPlan: new Map([[nth, "dead_before"]]), closingChecks: 0 });
      });
    }
  });
}

Deno.test("every failpoint of a transaction is reached in a scenario", async () => {
  const passed = new Set<string>();
  for (const scenario of scenarioNames) {
    for (const { name } of await runCrashCase({ scenario, mishapPlan: new Map(), closingChecks: 0 })) passed.add(name);
  }
  assert.deepEqual(failpoints.filter((name) => !passed.has(name)), []);
});

testProperties(crashProperties);

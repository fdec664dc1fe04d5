import assert from "node:assert/strict";
import { runCrashCase, scenarioNames } from "./crash_world.ts";
import { mishaps } from "./scripted_steps.ts";

for (const scenario of scenarioNames) {
  Deno.test(`MeterTransactions loses and duplicates nothing with any failure of a single step: ${scenario}`, async (t) => {
    const occasions = await runCrashCase({ scenario, mishapPlan: new Map(), closingChecks: 2 });
    const steps = [...occasions.entries()].filter(([, { kind }]) => kind === "step");
    assert.ok(steps.length > 15);
    for (const [nth, { name }] of steps) {
      for (const mishap of mishaps) {
        await t.step(`${nth} ${name} ${mishap}`, async () => {
          await runCrashCase({ scenario, mishapPlan: new Map([[nth, mishap]]), closingChecks: 2 });
        });
      }
    }
  });
}

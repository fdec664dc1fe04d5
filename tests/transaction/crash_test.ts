import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import { failpoints } from "../../src/transaction/mod.ts";
import { testProperties } from "../fuzz/test_properties.ts";
import { crashProperties } from "./crash_properties.ts";
import { runCrashCase, scenarioNames } from "./crash_world.ts";
import { until, World } from "./world.ts";

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

Deno.test("a process that has crashed during a pause does nothing after it", async () => {
  await using world = new World();
  const process = world.boot({});
  process.steps.mishapAt = () => "refused";
  void process.transactions.recover();
  await until(() => process.steps.calls.length > 0);
  process.end();
  for (let turn = 0; turn < 10; turn++) await setImmediate();
  const endedAtMs = world.time.mono();
  for (let turn = 0; turn < 100; turn++) await setImmediate();
  assert.equal(world.time.mono(), endedAtMs);
});

import fc from "fast-check";
import { type Property, property } from "../fuzz/property.ts";
import { runCrashCase, scenarioNames } from "./crash_world.ts";
import { mishaps } from "./scripted_steps.ts";

/** About as many occasions as in the longest scenario without failures. */
const occasions = 120;

const mishapPlan = fc.uniqueArray(fc.tuple(fc.nat(occasions), fc.constantFrom(...mishaps)), {
  selector: ([nth]) => nth,
  minLength: 2,
  maxLength: 5,
});

/** Properties with any failure of the meter and the process. */
export const crashProperties: readonly Property[] = scenarioNames.map((scenario) =>
  property(
    {
      name: `crash-${scenario}`,
      title: `MeterTransactions loses and doubles nothing when several steps go wrong: ${scenario}`,
      runs: 60,
    },
    [mishapPlan, fc.nat(3)],
    async (mishapsAt, closingChecks) => {
      await runCrashCase({ scenario, mishapPlan: new Map(mishapsAt), closingChecks });
    },
  )
);

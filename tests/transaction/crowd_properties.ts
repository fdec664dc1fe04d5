import fc from "fast-check";
import { type Property, property } from "../fuzz/property.ts";
import { runCrowdCase } from "./crowd_world.ts";
import { mishaps } from "./scripted_steps.ts";

/** About as many occasions as in two transactions. */
const occasions = 50;
const ids = ["tx-1", "tx-2"] as const;

const request = fc.record({
  at: fc.nat(occasions),
  what: fc.constantFrom("start" as const, "stop" as const),
  id: fc.constantFrom(...ids),
  hurried: fc.boolean(),
});
const cancel = fc.record({
  at: fc.nat(occasions),
  what: fc.constant("stop" as const),
  id: fc.constant(""),
  hurried: fc.boolean(),
});
const requests = fc.array(fc.oneof({ weight: 4, arbitrary: request }, cancel), { minLength: 3, maxLength: 16 });
const mishapPlan = fc.uniqueArray(fc.tuple(fc.nat(occasions), fc.constantFrom(...mishaps)), {
  selector: ([nth]) => nth,
  maxLength: 4,
});

/** Properties of clients that do not wait for each other. */
export const crowdProperties: readonly Property[] = [
  property(
    {
      name: "crowd",
      title: "MeterTransactions loses and doubles nothing when requests overtake each other and steps go wrong",
      runs: 80,
    },
    [requests, mishapPlan, fc.nat(3)],
    async (asked, mishapsAt, closingChecks) => {
      await runCrowdCase({ requests: asked, mishapPlan: new Map(mishapsAt), closingChecks });
    },
  ),
];

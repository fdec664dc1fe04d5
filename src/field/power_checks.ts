import { type Assumption, open, verdictOf } from "./assumption.ts";
import type { PowerCycle } from "./power_cycle.ts";

/** How long the driver of EVerest waits before it sets the time. */
const refusedMs = 2_000;

/** Checks that need a power cycle. */
export const powerChecks: readonly Assumption[] = [
  {
    number: 24,
    text: "The meter rejects the time for about two seconds after power-on.",
    check: afterCycle(({ timeAcceptedMs, timeStatus }) => {
      const status = timeStatus.map(({ atMs, text }) => `${text} at ${Math.round(atMs)} ms`).join(", ");
      if (timeAcceptedMs === undefined) return open(`the time was not accepted, or not written; 7060h: ${status}`);
      return verdictOf(
        timeAcceptedMs <= 2 * refusedMs,
        `accepted after ${Math.round(timeAcceptedMs)} ms; 7060h: ` +
          `${status}`,
      );
    }),
  },
  {
    number: 25,
    text: "The serial number is complete in the first answer after power-on.",
    check: afterCycle(({ serialNumbers }) =>
      verdictOf(
        serialNumbers.length === 1,
        serialNumbers.map(({ atMs, text }) => `${text} at ${Math.round(atMs)} ms`).join(", "),
      )
    ),
  },
];

function afterCycle(check: (cycle: PowerCycle) => ReturnType<typeof verdictOf>): Assumption["check"] {
  return ({ facts }) =>
    Promise.resolve(facts.powerCycle === undefined ? open("needs --power-cycle") : check(facts.powerCycle));
}

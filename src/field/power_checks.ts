import { type Assumption, judged, open } from "./assumption.ts";
import type { PowerCycle } from "./power_cycle.ts";

/** What the driver that people use today waits before it sets the time. */
const refusedMs = 2_000;

/** What a power cycle shows. */
export const powerChecks: readonly Assumption[] = [
  {
    number: 24,
    text: "The meter refuses the time for about two seconds after its power came back.",
    check: afterCycle(({ timeTakenMs, timeStatus }) => {
      const status = timeStatus.map(({ atMs, text }) => `${text} at ${Math.round(atMs)} ms`).join(", ");
      if (timeTakenMs === undefined) return open(`the time was not taken, or not written; 7060h: ${status}`);
      return judged(timeTakenMs <= 2 * refusedMs, `taken after ${Math.round(timeTakenMs)} ms; 7060h: ${status}`);
    }),
  },
  {
    number: 25,
    text: "The serial number is whole in the first answer after the power came back.",
    check: afterCycle(({ serialNumbers }) =>
      judged(
        serialNumbers.length === 1,
        serialNumbers.map(({ atMs, text }) => `${text} at ${Math.round(atMs)} ms`).join(", "),
      )
    ),
  },
];

function afterCycle(check: (cycle: PowerCycle) => ReturnType<typeof judged>): Assumption["check"] {
  return ({ facts }) =>
    Promise.resolve(facts.powerCycle === undefined ? open("only seen with --power-cycle") : check(facts.powerCycle));
}

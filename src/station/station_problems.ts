import type { HealthProblem } from "../base/health_problem.ts";
import type { Line } from "../line/mod.ts";
import { faultKinds, type Meter } from "../meter/mod.ts";

/** The present problem of a line: its loop does not turn, or its device cannot be used. */
export function lineProblems(line: Pick<Line, "name" | "state" | "failure" | "checkProgress">): HealthProblem[] {
  const stuck = line.checkProgress();
  const message = stuck === undefined
    ? closedText(line)
    : `The line ${stuck}; restart the service if this does not end`;
  return message === undefined ? [] : [{ severity: "High", line: line.name, message }];
}

function closedText({ state, failure }: Pick<Line, "state" | "failure">): string | undefined {
  if (state === "open") return undefined;
  return `The line is closed and is opened again without end${failure === undefined ? "" : `: ${failure}`}`;
}

/** The present problems of a meter: its faults, and that it does not answer yet. */
export function meterProblems(
  meter: { readonly name: string; readonly state: Meter["state"]; readonly faults: Pick<Meter["faults"], "active"> },
): HealthProblem[] {
  const { name, state, faults: { active } } = meter;
  const problems = active.map(({ subType: fault, message, sinceMs }): HealthProblem => {
    return { severity: faultKinds[fault].severity, meter: name, fault, message, sinceMs };
  });
  if (problems.length > 0 || state === "online") return problems;
  const message = state === "offline" ? "The meter is offline" : "The meter has not answered yet";
  return [{ severity: "High", meter: name, message }];
}

import { type CrashCase, scenarioNames } from "../transaction/crash_world.ts";
import { type Mishap, mishaps } from "../transaction/scripted_steps.ts";

/** A world as one argument: `scenario:closing checks:occasion=mishap,occasion=mishap`. */
export function caseText({ scenario, closingChecks, mishapPlan }: CrashCase): string {
  return `${scenario}:${closingChecks}:${[...mishapPlan].map(([nth, mishap]) => `${nth}=${mishap}`).join(",")}`;
}

/** Parses the output of {@linkcode caseText}. @throws {TypeError} */
export function parseCase(text: string): CrashCase {
  const [name, checks = "", planned = ""] = text.split(":");
  const scenario = scenarioNames.find((known) => known === name);
  if (scenario === undefined) {
    throw new TypeError(`Cannot use the world '${text}': it must start with one of ${scenarioNames.join(", ")}`);
  }
  if (!/^\d{1,3}$/.test(checks)) {
    throw new TypeError(
      `Cannot use the world '${text}': '${checks}' is not a number ` +
        "of checks",
    );
  }
  const mishapPlan = new Map(planned.split(",").filter((one) => one !== "").map((one) => parseMishap(text, one)));
  return { scenario, closingChecks: Number(checks), mishapPlan };
}

function parseMishap(text: string, one: string): [number, Mishap] {
  const [nth = "", name] = one.split("=");
  const mishap = mishaps.find((known) => known === name);
  if (!/^\d{1,4}$/.test(nth) || mishap === undefined) {
    throw new TypeError(
      `Cannot use the world '${text}': '${one}' is not occasion=mishap; mishaps are ${mishaps.join(", ")}`,
    );
  }
  return [Number(nth), mishap];
}

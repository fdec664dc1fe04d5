import { errorText } from "../../src/base/log.ts";
import type { Occasion } from "../transaction/crash_client.ts";
import { type CrashCase, runCrashCase, type ScenarioName, scenarioNames } from "../transaction/crash_world.ts";
import { type Mishap, mishaps } from "../transaction/scripted_steps.ts";
import { caseText } from "./case_text.ts";

/** Result of one world. */
export interface Visit {
  /** The world, as an argument of `--world`. */
  readonly world: string;
  /** Why it failed; undefined if nothing was lost. */
  readonly loss?: string;
}

/** Runs a world. Resolves with the occasions for mishaps; rejects if something was lost. */
export type Run = (world: CrashCase) => Promise<readonly Occasion[]>;

/** Number of reads of the OCMF state for which a meter stays RUNNING: it closes immediately, or after some time. */
const closingChecks = [0, 2] as const;

/** Time limit of a world. */
const hangMs = 120_000;

/**
 * Visits every pair: in each scenario every single mishap, and after each of these every later mishap, also in the
 * processes after a crash.
 */
export async function* visitPairs(
  scenarios: readonly ScenarioName[] = scenarioNames,
  run: Run = runCrashCase,
): AsyncGenerator<Visit> {
  for (const scenario of scenarios) {
    for (const checks of closingChecks) {
      const undisturbed = { scenario, mishapPlan: new Map(), closingChecks: checks };
      for (const first of after(undisturbed, yield* visit(undisturbed, run))) {
        for (const second of after(first, yield* visit(first, run))) yield* visit(second, run);
      }
    }
  }
}

/** Runs one world; returns its occasions, or none if it failed. */
export async function* visit(
  crashCase: CrashCase,
  run: Run = runCrashCase,
): AsyncGenerator<Visit, readonly Occasion[]> {
  const world = caseText(crashCase);
  const { promise: hangs, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`No end within ${hangMs} ms`)), hangMs);
  try {
    const occasions = await Promise.race([run(crashCase), hangs]);
    yield { world };
    return occasions;
  } catch (error) {
    yield { world, loss: errorText(error) };
    return [];
  } finally {
    clearTimeout(timer);
  }
}

/** The worlds with one additional, later mishap. */
function after(crashCase: CrashCase, occasions: readonly Occasion[]): CrashCase[] {
  const from = Math.max(-1, ...crashCase.mishapPlan.keys()) + 1;
  return occasions.slice(from).flatMap(({ kind }, offset) =>
    mishapsAt(kind).map((mishap) => ({
      ...crashCase,
      mishapPlan: new Map([...crashCase.mishapPlan, [from + offset, mishap]]),
    }))
  );
}

/** The only mishap at a failpoint is a crash of the process. */
function mishapsAt(kind: Occasion["kind"]): readonly Mishap[] {
  return kind === "step" ? mishaps : ["dead_before"];
}

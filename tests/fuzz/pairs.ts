import { errorText } from "../../src/base/log.ts";
import type { Occasion } from "../transaction/crash_client.ts";
import { type CrashCase, runCrashCase, type ScenarioName, scenarioNames } from "../transaction/crash_world.ts";
import { type Mishap, mishaps } from "../transaction/scripted_steps.ts";
import { caseText } from "./case_text.ts";

/** What came of one world. */
export interface Visit {
  /** The world, as `--world` takes it. */
  readonly world: string;
  /** Why it failed; nothing when nothing was lost. */
  readonly loss?: string;
}

/** Runs a world. Resolves with where something could have gone wrong; rejects when something was lost. */
export type Run = (world: CrashCase) => Promise<readonly Occasion[]>;

/** Looks at the OCMF state that a meter stays RUNNING for: it closes at once, or it takes a while. */
const closingLooks = [0, 2] as const;

/** A world that takes longer than this hangs. */
const hangMs = 120_000;

/**
 * Visits every pair: in each scenario, everything that can go wrong once, and for each of these everything that can go
 * wrong after it, in the processes that follow a death as well.
 */
export async function* visitPairs(
  scenarios: readonly ScenarioName[] = scenarioNames,
  run: Run = runCrashCase,
): AsyncGenerator<Visit> {
  for (const scenario of scenarios) {
    for (const looks of closingLooks) {
      const undisturbed = { scenario, trouble: new Map(), closingLooks: looks };
      for (const first of after(undisturbed, yield* visit(undisturbed, run))) {
        for (const second of after(first, yield* visit(first, run))) yield* visit(second, run);
      }
    }
  }
}

/** Runs one world; returns its occasions, none when it failed. */
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

/** The worlds in which one more thing goes wrong, later than what went wrong already. */
function after(crashCase: CrashCase, occasions: readonly Occasion[]): CrashCase[] {
  const from = Math.max(-1, ...crashCase.trouble.keys()) + 1;
  return occasions.slice(from).flatMap(({ kind }, offset) =>
    mishapsAt(kind).map((mishap) => ({
      ...crashCase,
      trouble: new Map([...crashCase.trouble, [from + offset, mishap]]),
    }))
  );
}

/** At a failpoint the process dies, and that is all. */
function mishapsAt(kind: Occasion["kind"]): readonly Mishap[] {
  return kind === "step" ? mishaps : ["dead_before"];
}

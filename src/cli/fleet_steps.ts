import { systemTime } from "../base/time.ts";
import { FleetError, type FleetStep, FleetUsageError, type RetryLimit } from "../fleet/mod.ts";
import { exitCode, type Io } from "./io.ts";
import { jsonLine, lines } from "./safe_text.ts";

/** How to carry out a plan. */
export interface StepsArguments {
  /** Only show the plan. */
  readonly dryRun: boolean;
  readonly json: boolean;
}

const doneTexts = { create: "created", keep: "kept", change: "changed", remove: "removed", differs: "left" } as const;

/**
 * Shows a plan, then carries it out.
 *
 * @returns the exit code: 1 if something still differs from the request
 */
export async function runSteps(
  steps: readonly FleetStep[],
  { dryRun, json }: StepsArguments,
  io: Pick<Io, "out">,
): Promise<number> {
  const width = Math.max(...steps.map(({ subject }) => subject.length), 0);
  for (const { action, subject, text } of json ? [] : steps) {
    io.out(lines(`${action.padEnd("differs".length)}  ${subject.padEnd(width)}  ${text}`));
  }
  for (const { action, subject, text, act } of steps) {
    const isDue = act !== undefined && !dryRun;
    if (isDue) await act();
    if (json) io.out(jsonLine({ action, subject, text, done: isDue }));
    else if (isDue) io.out(lines(`${doneTexts[action]} the ${subject}`));
  }
  if (!json && dryRun) io.out(lines("Nothing was changed (--dry-run)"));
  return steps.some(({ action }) => action === "differs") ? exitCode.failed : exitCode.done;
}

/** The limit of retries on JetStream, counted from now. What the command waits for is printed on standard error. */
export function retryLimitOf(waitMs: number, io: Pick<Io, "err">): RetryLimit {
  return { untilMs: systemTime.mono() + waitMs, print: (line) => io.err(lines(line)) };
}

/** Prints why a plan could not be made or carried out. @returns the exit code: 2 wrong usage, 1 anything else */
export function failedSteps(error: unknown, io: Pick<Io, "err">): number {
  if (!(error instanceof FleetError)) throw error;
  io.err(lines(...error.message.split("\n")));
  return error instanceof FleetUsageError ? exitCode.usage : exitCode.failed;
}

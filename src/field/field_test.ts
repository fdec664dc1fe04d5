import type { Assumption, FieldContext, Finding } from "./assumption.ts";
import { errorText } from "../base/log.ts";
import { LineError } from "../line/mod.ts";
import { ModbusError } from "../modbus/mod.ts";
import { registers } from "../meter/mod.ts";
import { numberIn } from "./field_meter.ts";
import { plateChecks } from "./plate_checks.ts";
import { powerChecks } from "./power_checks.ts";
import { watchPowerCycle } from "./power_cycle.ts";
import { sealChecks } from "./seal_checks.ts";
import { runSession, SessionError } from "./session.ts";
import { sessionChecks } from "./session_checks.ts";
import { timingChecks } from "./timing_checks.ts";

/** What the product relies on, and no public source confirms on a real meter; by their numbers. */
export const assumptions: readonly Assumption[] = [
  ...plateChecks,
  ...sealChecks,
  ...timingChecks,
  ...sessionChecks,
  ...powerChecks,
];

/** What a test may do beside reading. */
export interface FieldTestOptions {
  /** Id of one short transaction; absent: none. */
  readonly transactionId?: string | undefined;
  /** Whether a person switches the meter off and on. */
  readonly powerCycle: boolean;
  /** Stores a record durably before the meter erases it. */
  readonly keep: (record: Uint8Array) => Promise<void>;
  readonly say: (line: string) => void;
}

/** An assumption and what was found. */
export interface Checked extends Finding {
  readonly number: number;
  readonly text: string;
}

/**
 * Checks each assumption on one meter.
 *
 * @param onChecked is called with each as it is found
 * @returns what kept the transaction from being run to its end; undefined where nothing did
 * @throws {LineError} the line is closed
 */
export async function fieldTest(
  context: FieldContext,
  { transactionId, powerCycle, keep, say }: FieldTestOptions,
  onChecked: (checked: Checked) => void,
): Promise<string | undefined> {
  const check = async (some: readonly Assumption[]) => {
    for (const assumption of some) {
      if (context.meter.signal.aborted) return;
      const { number, text } = assumption;
      onChecked({ number, text, ...await findingOf(assumption, context) });
    }
  };
  await check([...plateChecks, ...sealChecks, ...timingChecks]);
  let trouble: string | undefined;
  if (transactionId !== undefined && !context.meter.signal.aborted) {
    say("running one short transaction ...");
    trouble = await session(context, transactionId, keep);
  }
  await check(sessionChecks);
  if (powerCycle && !context.meter.signal.aborted && await mayLosePower(context, say)) {
    say("switch the meter's power off now, and on again after five seconds ...");
    const seen = await watchPowerCycle(context.meter, transactionId !== undefined && trouble === undefined);
    if (seen !== undefined) context.facts.powerCycle = seen;
  }
  await check(powerChecks);
  return trouble;
}

/** A power loss would end a transaction that runs, or keep what it has charged since from every record. */
async function mayLosePower({ meter, facts }: FieldContext, say: FieldTestOptions["say"]): Promise<boolean> {
  if (facts.ocmf !== true) return true;
  const answer = await meter.ask(registers.transaction.ocmfState.at, 1);
  const state = answer.kind === "answered" ? registers.ocmfStates[numberIn(answer.bytes)] : undefined;
  if (state !== undefined && state !== "RUNNING") return true;
  say(
    `do not switch the meter's power off: ${
      state === "RUNNING" ? "a transaction runs on it" : "it does not say whether a transaction runs on it"
    }`,
  );
  return false;
}

async function session(
  { meter, facts }: FieldContext,
  id: string,
  keep: FieldTestOptions["keep"],
): Promise<string | undefined> {
  if (facts.ocmf !== true) return "the meter has no OCMF registers";
  try {
    facts.session = await runSession(meter, id, keep);
    return undefined;
  } catch (error) {
    if (error instanceof SessionError || isOfMeter(error)) return errorText(error);
    throw error;
  }
}

async function findingOf({ check }: Assumption, context: FieldContext): Promise<Finding> {
  try {
    return await check(context);
  } catch (error) {
    if (isOfMeter(error)) return { verdict: "differs", seen: errorText(error) };
    throw error;
  }
}

function isOfMeter(error: unknown): boolean {
  return error instanceof ModbusError || error instanceof LineError && error.code !== "closed";
}

import type { Assumption, FieldContext, Finding } from "./assumption.ts";
import { errorText } from "../base/log.ts";
import { LineError } from "../line/mod.ts";
import { ModbusError } from "../modbus/mod.ts";
import { registers } from "../meter/mod.ts";
import { numberIn } from "./field_meter.ts";
import { plateChecks } from "./plate_checks.ts";
import { powerChecks } from "./power_checks.ts";
import { monitorPowerCycle } from "./power_cycle.ts";
import { sealChecks } from "./seal_checks.ts";
import { runSession, SessionError } from "./session.ts";
import { sessionChecks } from "./session_checks.ts";
import { timingChecks } from "./timing_checks.ts";

/** The assumptions that no public source confirms for a real meter, by number. */
export const assumptions: readonly Assumption[] = [
  ...plateChecks,
  ...sealChecks,
  ...timingChecks,
  ...sessionChecks,
  ...powerChecks,
];

/** What a test may do besides reading. */
export interface FieldTestOptions {
  /** Id of one short transaction; undefined: no transaction. */
  readonly transactionId?: string | undefined;
  /** Whether the user switches the meter off and on. */
  readonly powerCycle: boolean;
  /** Stores a record durably before the meter erases it. */
  readonly saveRecord: (record: Uint8Array) => Promise<void>;
  readonly print: (line: string) => void;
}

/** An assumption with its result. */
export interface Checked extends Finding {
  readonly number: number;
  readonly text: string;
}

/**
 * Checks each assumption on one meter.
 *
 * @param onChecked receives each result
 * @returns why the transaction was not completed; undefined if it was, or if none was requested
 * @throws {LineError} the line is closed
 */
export async function fieldTest(
  context: FieldContext,
  { transactionId, powerCycle, saveRecord, print }: FieldTestOptions,
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
  let transactionFailure: string | undefined;
  if (transactionId !== undefined && !context.meter.signal.aborted) {
    print("Running one short transaction ...");
    transactionFailure = await session(context, transactionId, saveRecord);
  }
  await check(sessionChecks);
  if (powerCycle && !context.meter.signal.aborted && await mayLosePower(context, print)) {
    print("Switch the meter's power off now, and on again after five seconds ...");
    const observed = await monitorPowerCycle(
      context.meter,
      transactionId !== undefined && transactionFailure === undefined,
    );
    if (observed !== undefined) context.facts.powerCycle = observed;
  }
  await check(powerChecks);
  return transactionFailure;
}

/** A power loss would end a running transaction, or its energy would be missing in every record. */
async function mayLosePower({ meter, facts }: FieldContext, print: FieldTestOptions["print"]): Promise<boolean> {
  if (facts.ocmf !== true) return true;
  const answer = await meter.tryRead(registers.transaction.ocmfState.at, 1);
  const state = answer.kind === "answered" ? registers.ocmfStates[numberIn(answer.bytes)] : undefined;
  if (state !== undefined && state !== "RUNNING") return true;
  print(
    "Do not switch the meter's power off: " +
      `${state === "RUNNING" ? "a transaction is running" : "it does not report whether a transaction is running"}`,
  );
  return false;
}

async function session(
  { meter, facts }: FieldContext,
  id: string,
  saveRecord: FieldTestOptions["saveRecord"],
): Promise<string | undefined> {
  if (facts.ocmf !== true) return "the meter has no OCMF registers";
  try {
    facts.session = await runSession(meter, id, saveRecord);
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
    if (isOfMeter(error)) return { verdict: "differs", observed: errorText(error) };
    throw error;
  }
}

function isOfMeter(error: unknown): boolean {
  return error instanceof ModbusError || error instanceof LineError && error.code !== "closed";
}

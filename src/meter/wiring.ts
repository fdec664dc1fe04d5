import { hex } from "../base/hex.ts";
import type { MeterFaults } from "./faults.ts";
import type { MeterModel, WiringCheck } from "./meter_model.ts";
import { unlessUnanswered } from "./refusal.ts";
import type { RegisterAccess } from "./register_access.ts";
import type { Time } from "../base/time.ts";

/** Installation of a meter. */
export interface Wiring {
  /** Whether its measuring system has three phases; undefined: unknown. */
  readonly threePhase?: boolean;
  /** Problems, each a clause with what to change. */
  readonly suspicions: readonly string[];
}

/** Short enough for somebody who has just changed a setting. */
const watchEveryMs = 60_000;

/**
 * Reads how a meter is installed. Unknown facts are not a problem.
 *
 * @throws {LineError} the line is closed
 */
export async function readWiring(registers: RegisterAccess, { wiring }: MeterModel): Promise<Wiring> {
  if (wiring === undefined) return { suspicions: [] };
  const { system, checks } = wiring;
  const value = await unlessUnanswered(registers, (withFewAttempts) => withFewAttempts.value(system.field));
  const suspicions: string[] = [];
  for (const check of checks) {
    const suspicion = await suspicionOf(registers, check);
    if (suspicion !== undefined) suspicions.push(suspicion);
  }
  return { suspicions, ...(value === undefined ? {} : { threePhase: system.threePhase.includes(Number(value)) }) };
}

async function suspicionOf(registers: RegisterAccess, check: WiringCheck): Promise<string | undefined> {
  const { field, good, advice, onlyIf } = check;
  const read = (other: typeof field) => unlessUnanswered(registers, (withFewAttempts) => withFewAttempts.value(other));
  if (onlyIf !== undefined && await read(onlyIf.field) !== onlyIf.value) return undefined;
  const value = await read(field);
  if (value === undefined || good.includes(Number(value))) return undefined;
  return `register ${hex(field.at)}h is ${value}: ${advice}`;
}

/** Raises the fault with the problems, or clears it. */
export function updateWiringFault({ suspicions }: Wiring, faults: MeterFaults): void {
  if (suspicions.length === 0) faults.clear("WiringSuspect");
  else faults.raise("WiringSuspect", `The readings of the meter may be wrong: ${suspicions.join("; ")}`);
}

/**
 * Checks every minute whether the problems are corrected, until they are or `signal` is aborted.
 *
 * @throws {LineError} the line is closed
 */
export async function watchWiring(
  registers: RegisterAccess,
  model: MeterModel,
  { faults, time }: { readonly faults: MeterFaults; readonly time: Time },
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted && faults.active.some(({ subType }) => subType === "WiringSuspect")) {
    await time.sleep(watchEveryMs, signal);
    if (!signal.aborted) updateWiringFault(await readWiring(registers, model), faults);
  }
}

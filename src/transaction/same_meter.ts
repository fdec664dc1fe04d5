import { errorText } from "../base/log.ts";
import { MeterError } from "../meter/mod.ts";
import type { Context } from "./context.ts";

/**
 * Makes sure that an irreversible write does not reach another meter: on a bus that never closes, nothing else shows
 * that one was swapped. A serial number that cannot be read stops nothing, so that no transaction stays open for it.
 *
 * @throws {MeterError} `replaced`: another meter answers; `unexpected_value`: its serial number is implausible
 */
export async function requireNotReplaced({ meter, log }: Context): Promise<void> {
  try {
    await meter.requireSameMeter();
  } catch (error) {
    if (error instanceof MeterError) throw error;
    log.warn(`Cannot read the serial number: ${errorText(error)}`, { meter: meter.name });
  }
}

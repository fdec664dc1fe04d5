import { hex } from "../base/hex.ts";
import type { Time } from "../base/time.ts";
import type { ReadFailures } from "./read_failures.ts";
import type { MeterFaults } from "./faults.ts";
import { Grid } from "./grid.ts";
import { isClosed } from "./refusal.ts";
import type { RegisterAccess } from "./register_access.ts";
import type { BitField } from "./meter_model.ts";

/** Dependencies of watching the device state. */
export interface DeviceStateDeps {
  readonly deviceState: BitField;
  readonly intervalMs: number;
  /** Delay as a part of the interval, 0 to 1, so that the meters of a line do not all read at the same time. */
  readonly offset: number;
  readonly faults: MeterFaults;
  readonly readFailures: ReadFailures;
  readonly time: Time;
}

/**
 * Reads the device state at once and then every interval until `signal` is aborted, and raises a fault for its errors.
 * A failed read changes nothing, because the live values show whether the meter answers.
 *
 * @throws {LineError} the line is closed
 */
export async function watchDeviceState(
  registers: RegisterAccess,
  { deviceState, intervalMs, offset, faults, readFailures, time }: DeviceStateDeps,
  signal: AbortSignal,
): Promise<void> {
  const grid = new Grid(intervalMs, offset);
  while (!signal.aborted) {
    try {
      const errors = deviceStateText(deviceState, Number(await registers.value(deviceState.field)));
      readFailures.worked("device state");
      if (errors === undefined) faults.clear("DeviceStateError");
      else faults.raise("DeviceStateError", errors);
    } catch (error) {
      if (registers.withdrawn || isClosed(error)) throw error;
      readFailures.failed("device state", error);
    }
    await time.sleep(grid.startOf(grid.slotAt(time.mono()) + 1) - time.mono(), signal);
  }
}

/** The errors in a device state as text; undefined: none. */
export function deviceStateText({ field, bits }: BitField, state: number): string | undefined {
  const errors = [...bits].filter(([bit]) => (state >> bit & 1) === 1).map(([, words]) => words);
  if (errors.length === 0) return undefined;
  return `The meter reports ${errors.join(", ")} (register ${hex(field.at)}h is ${hex(state)}h)`;
}

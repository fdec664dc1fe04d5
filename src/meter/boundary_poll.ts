import { minuteMs, type Time } from "../base/time.ts";
import { readEnergies } from "./energies.ts";
import { invertEnergies } from "./invert.ts";
import type { ReadFailures } from "./read_failures.ts";
import type { Recognition } from "./recognition.ts";
import type { RegisterAccess } from "./register_access.ts";
import type { EnergyReading, Identity } from "./types.ts";

/** What the reading of energies at the end of an interval works with. */
export interface BoundaryPollOptions {
  readonly identity: Identity;
  /** Minutes between two boundaries, so that an hour is a multiple of them. */
  readonly intervalMinutes: number;
  /** Whether import and export are swapped. */
  readonly invert: boolean;
  readonly recognition: Pick<Recognition, "confirm">;
  readonly onEnergies: (energies: EnergyReading) => void;
  readonly readFailures: ReadFailures;
  readonly time: Time;
}

/**
 * Reads the energies at each boundary of the wall clock, until `signal` is aborted. A failure is only logged: live
 * readings, which also have energies, decide whether the meter answers.
 *
 * @param registers with the priority of live readings
 */
export async function pollBoundaries(
  registers: RegisterAccess,
  options: BoundaryPollOptions,
  signal: AbortSignal,
): Promise<void> {
  const { identity, intervalMinutes, time } = options;
  if (identity.layout.energies === undefined) return;
  while (!signal.aborted) {
    await boundary(intervalMinutes * minuteMs, time, signal);
    if (!signal.aborted) await read(registers, options, signal);
  }
}

/** Resolves at the next boundary. The clock can be set meanwhile, so a long wait has parts. */
async function boundary(lengthMs: number, time: Time, signal: AbortSignal): Promise<void> {
  const next = () => (Math.floor(time.now() / lengthMs) + 1) * lengthMs;
  let atMs = next();
  while (time.now() < atMs && !signal.aborted) {
    await time.sleep(Math.min(atMs - time.now(), checkClockMs), signal);
    // The clock was set back
    if (next() < atMs) atMs = next();
  }
}

async function read(registers: RegisterAccess, options: BoundaryPollOptions, signal: AbortSignal): Promise<void> {
  const { identity: { layout, meterId }, invert, onEnergies, readFailures, time } = options;
  const what = "energies at the end of an interval";
  try {
    const deadline = time.mono() + urgencyMs;
    const urgent = registers.of(layout.model).with({ repeatRefused: true, deadline });
    const energies = await readEnergies(urgent, layout, readFailures, false);
    const reading = { meterId, takenAtMs: time.now(), ...energies };
    await options.recognition.confirm(reading, signal);
    onEnergies(invert ? invertEnergies(reading) : reading);
    readFailures.worked(what);
  } catch (error) {
    if (!registers.withdrawn) readFailures.failed(what, error);
  }
}

const checkClockMs = 10_000;
/** The values are of this moment, so they are as urgent as those of the shortest usual live cycle. */
const urgencyMs = 1_000;

import { systemTime } from "../base/time.ts";
import {
  type FleetStep,
  type HubRole,
  type OperatorFolderOptions,
  planCredentials,
  planOperatorFolder,
  planRenewal,
  type RenewalOptions,
} from "../fleet/mod.ts";
import { failedSteps, runSteps, type StepsArguments } from "./fleet_steps.ts";
import type { Io } from "./io.ts";

type OperatorIo = Pick<Io, "out" | "err">;

/** Creates the keys of a hub in operator mode. @returns the exit code: 1 if a file cannot be written */
export function fleetOperatorCreate(
  args: Omit<OperatorFolderOptions, "nowMs"> & StepsArguments,
  io: OperatorIo,
): Promise<number> {
  return run(() => planOperatorFolder({ ...args, nowMs: systemTime.now() }), args, io);
}

/**
 * Creates credentials for a user.
 *
 * @returns the exit code: 1 if the file cannot be written, 2 if the keys cannot be used
 */
export function fleetOperatorCredentials(
  args: { readonly folder: string; readonly name: string; readonly role: HubRole } & StepsArguments,
  io: OperatorIo,
): Promise<number> {
  return run(() => planCredentials({ ...args, nowMs: systemTime.now() }), args, io);
}

/**
 * Signs the account again.
 *
 * @returns the exit code: 1 if the file cannot be written, 2 if the keys or the users to revoke are invalid
 */
export function fleetOperatorRenew(
  args: Omit<RenewalOptions, "nowMs"> & StepsArguments,
  io: OperatorIo,
): Promise<number> {
  return run(() => planRenewal({ ...args, nowMs: systemTime.now() }), args, io);
}

async function run(plan: () => Promise<FleetStep[]>, args: StepsArguments, io: OperatorIo): Promise<number> {
  try {
    return await runSteps(await plan(), args, io);
  } catch (error) {
    return failedSteps(error, io);
  }
}

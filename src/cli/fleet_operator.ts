import { systemTime } from "../base/time.ts";
import {
  FleetError,
  type FleetStep,
  type HubRole,
  type OperatorFolderOptions,
  planCredentials,
  planOperatorFolder,
  planRenewal,
  type RenewalOptions,
} from "../fleet/mod.ts";
import { runSteps, type StepsArguments } from "./fleet_steps.ts";
import { exitCode, type Io } from "./io.ts";
import { lines } from "./safe_text.ts";

type OperatorIo = Pick<Io, "out" | "err">;

/** Makes the keys of a hub in operator mode. @returns the exit code: 1 when a file cannot be written */
export function fleetOperatorCreate(
  args: Omit<OperatorFolderOptions, "nowMs"> & StepsArguments,
  io: OperatorIo,
): Promise<number> {
  return run(() => planOperatorFolder({ ...args, nowMs: systemTime.now() }), args, io);
}

/** Makes credentials of a user. @returns the exit code: 1 when the keys cannot be used */
export function fleetOperatorCredentials(
  args: { readonly folder: string; readonly name: string; readonly role: HubRole } & StepsArguments,
  io: OperatorIo,
): Promise<number> {
  return run(() => planCredentials({ ...args, nowMs: systemTime.now() }), args, io);
}

/** Signs the account again. @returns the exit code: 1 when the keys, or what is to be withdrawn, cannot be used */
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
    if (!(error instanceof FleetError)) throw error;
    io.err(lines(error.message));
    return exitCode.failed;
  }
}

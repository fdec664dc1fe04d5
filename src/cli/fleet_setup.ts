import type { NatsConnection } from "nats";
import { planSetup, type SetupOptions } from "../fleet/mod.ts";
import { jetstreamOf } from "../nats/mod.ts";
import { type Bus, withBus } from "./bus_client.ts";
import type { ConnectionOptions } from "./connection_options.ts";
import { failedSteps, retryLimitOf, runSteps, type StepsArguments } from "./fleet_steps.ts";
import type { Io } from "./io.ts";

/** What to set up, and how. */
export interface FleetSetupArguments
  extends ConnectionOptions, StepsArguments, Omit<SetupOptions, "prefix" | "isCluster"> {
  /** How long to retry while a cluster forms. */
  readonly waitMs: number;
}

type SetupIo = Pick<Io, "out" | "err" | "env">;

/**
 * Creates streams and consumers of a fleet.
 *
 * @returns the exit code: 0 everything is as requested, 1 something differs or was refused, 2 wrong usage, 3 no
 * connection
 */
export function fleetSetup(args: FleetSetupArguments, io: SetupIo): Promise<number> {
  return withBus(args, io, (client, bus) => setupOn(client, bus, args, io));
}

async function setupOn(client: NatsConnection, bus: Bus, args: FleetSetupArguments, io: SetupIo): Promise<number> {
  try {
    const manager = await jetstreamOf(client, bus.jetstream.domain);
    const isCluster = client.info?.cluster !== undefined;
    const steps = await planSetup(manager, { ...args, prefix: bus.prefix, isCluster }, retryLimitOf(args.waitMs, io));
    return await runSteps(steps, args, io);
  } catch (error) {
    return failedSteps(error, io);
  }
}

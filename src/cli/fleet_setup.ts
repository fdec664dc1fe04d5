import type { NatsConnection } from "nats";
import { systemTime } from "../base/time.ts";
import { FleetError, planSetup, type SetupOptions, TopologyError } from "../fleet/mod.ts";
import { type Bus, withBus } from "./bus_client.ts";
import type { ConnectionOptions } from "./connection_options.ts";
import { runSteps, type StepsArguments } from "./fleet_steps.ts";
import { exitCode, type Io } from "./io.ts";
import { lines } from "./safe_text.ts";

/** What to set up, and how to go about it. */
export interface FleetSetupArguments
  extends ConnectionOptions, StepsArguments, Omit<SetupOptions, "prefix" | "isCluster"> {
  /** How long to try again while a cluster forms. */
  readonly waitMs: number;
}

type SetupIo = Pick<Io, "out" | "err" | "env">;

/**
 * Creates streams and consumers of a fleet.
 *
 * @returns the exit code: 0 all is as wanted, 1 something differs or was refused, 2 wrong usage, 3 no connection
 */
export function fleetSetup(args: FleetSetupArguments, io: SetupIo): Promise<number> {
  return withBus(args, io, (client, bus) => setupOn(client, bus, args, io));
}

async function setupOn(client: NatsConnection, bus: Bus, args: FleetSetupArguments, io: SetupIo): Promise<number> {
  const untilMs = systemTime.mono() + args.waitMs;
  const patience = { time: systemTime, untilMs, say: (line: string) => io.err(lines(line)) };
  const manager = await client.jetstreamManager({ ...bus.jetstream, checkAPI: false, timeout: 5_000 });
  const isCluster = client.info?.cluster !== undefined;
  try {
    const steps = await planSetup(manager, { ...args, prefix: bus.prefix, isCluster }, patience);
    return await runSteps(steps, args, io);
  } catch (error) {
    if (error instanceof TopologyError) {
      io.err(lines(error.message));
      return exitCode.usage;
    }
    if (!(error instanceof FleetError)) throw error;
    io.err(lines(error.message));
    return exitCode.failed;
  }
}

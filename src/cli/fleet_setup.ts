import type { NatsConnection } from "nats";
import { systemTime } from "../base/time.ts";
import { FleetError, planSetup, type SetupOptions, type SetupStep, TopologyError } from "../fleet/mod.ts";
import { type Bus, withBus } from "./bus_client.ts";
import type { ConnectionOptions } from "./connection_options.ts";
import { exitCode, type Io } from "./io.ts";
import { jsonLine, lines } from "./safe_text.ts";

/** What to set up, and how to go about it. */
export interface FleetSetupArguments extends ConnectionOptions, Omit<SetupOptions, "prefix" | "isCluster"> {
  /** Show the plan only. */
  readonly dryRun: boolean;
  /** How long to try again while a cluster forms. */
  readonly waitMs: number;
  readonly json: boolean;
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
  const { waitMs, dryRun } = args;
  const untilMs = systemTime.mono() + waitMs;
  const patience = { time: systemTime, untilMs, say: (line: string) => io.err(lines(line)) };
  const manager = await client.jetstreamManager({ ...bus.jetstream, checkAPI: false, timeout: 5_000 });
  const isCluster = client.info?.cluster !== undefined;
  try {
    const steps = await planSetup(manager, { ...args, prefix: bus.prefix, isCluster }, patience);
    if (!args.json) showPlan(steps, io);
    for (const step of steps) {
      const due = step.act !== undefined && !dryRun;
      if (due) await step.act?.();
      if (args.json) io.out(jsonLine({ action: step.action, subject: step.subject, text: step.text, done: due }));
      else if (due) io.out(lines(`${step.action === "create" ? "created" : "changed"} the ${step.subject}`));
    }
    if (!args.json && dryRun) io.out(lines("nothing was done: --dry-run"));
    return steps.some(({ action }) => action === "differs") ? exitCode.failed : exitCode.done;
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

function showPlan(steps: readonly SetupStep[], io: SetupIo): void {
  const width = Math.max(...steps.map(({ subject }) => subject.length), 0);
  for (const { action, subject, text } of steps) {
    io.out(lines(`${action.padEnd("differs".length)}  ${subject.padEnd(width)}  ${text}`));
  }
}

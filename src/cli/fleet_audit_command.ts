import { Command } from "commander";
import { dayOrTime, example, token } from "./arguments.ts";
import { type ConnectionOptions, withConnection } from "./connection_options.ts";
import type { Io } from "./io.ts";

interface AuditCommandOptions extends ConnectionOptions {
  site?: string;
  since?: number;
  repair?: boolean;
  json?: boolean;
}

/** The command `fleet audit`. @param done receives the exit code */
export function fleetAuditCommand(io: Io, done: (code: number) => void): Command {
  const command = new Command("audit")
    .description(
      "Compare the journal of each node with the records at the hub, and check sources, streams, permissions, free " +
        "space and clocks. Exit code 0: clean, 1: findings, 3: only nodes that do not answer",
    )
    .option("--site <site>", "only this site", token)
    .option("--since <time>", "only records read from their meters on this day or at this time, or later", dayOrTime)
    .option("--repair", "copy missing records to the hub and recreate stuck sources; needs an administrator")
    .option("--json", "print one JSON object per site, and one for the hub at the end");
  return withConnection(command)
    .addHelpText(
      "after",
      example("wattseal fleet audit --context hub", "wattseal fleet audit --site berlin-01 --repair"),
    )
    .action(async ({ since, repair, json, ...options }: AuditCommandOptions) => {
      const { fleetAudit } = await import("./fleet_audit.ts");
      const sinceMs = since === undefined ? {} : { sinceMs: since };
      done(await fleetAudit({ ...options, ...sinceMs, repair: repair === true, json: json === true }, io));
    });
}

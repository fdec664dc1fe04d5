import { Command } from "commander";
import { example, moment, token } from "./arguments.ts";
import { type ConnectionOptions, withConnection } from "./connection_options.ts";
import type { Io } from "./io.ts";

interface AuditCommandOptions extends ConnectionOptions {
  site?: string;
  since?: number;
  repair?: boolean;
  json?: boolean;
}

/** `fleet audit`. @param done takes the exit code */
export function fleetAuditCommand(io: Io, done: (code: number) => void): Command {
  const command = new Command("audit")
    .description(
      "Compare the journal of each node with the records at the hub, and look at sources, streams, rights, room and " +
        "clocks. Exit 0: clean, 1: something was found, 3: no more than nodes that do not answer",
    )
    .option("--site <site>", "this site only", token)
    .option("--since <time>", "only records that were read from their meters at this day or time, or later", moment)
    .option("--repair", "bring missing records to the hub, and create stuck sources again; needs an administrator")
    .option("--json", "print one JSON object a site, and one for the hub at the end");
  return withConnection(command)
    .addHelpText(
      "after",
      example("deno task fleet audit --context hub", "deno task fleet audit --site berlin-01 --repair"),
    )
    .action(async ({ since, repair, json, ...options }: AuditCommandOptions) => {
      const { fleetAudit } = await import("./fleet_audit.ts");
      const sinceMs = since === undefined ? {} : { sinceMs: since };
      done(await fleetAudit({ ...options, ...sinceMs, repair: repair === true, json: json === true }, io));
    });
}

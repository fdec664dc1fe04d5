import { Command } from "commander";
import { example, token } from "./arguments.ts";
import { withConnection } from "./connection_options.ts";
import type { FleetListArguments } from "./fleet_list.ts";
import type { Io } from "./io.ts";

type ListCommandOptions = Omit<FleetListArguments, "json"> & { readonly json?: boolean };

/** `fleet list`. @param done takes the exit code */
export function fleetListCommand(io: Io, done: (code: number) => void): Command {
  const command = new Command("list")
    .description("List the sites of a fleet with their state, version, lines, meters, transactions and faults")
    .option("--site <site>", "this site only", token)
    .option("--faults", "only sites with a fault of the process or of a meter")
    .option("--lost", "only sites that are silent")
    .option("--undelivered", "only sites whose records wait for delivery")
    .option("--open", "only sites with an open transaction")
    .option("--duplicates", "only sites where two processes serve one meter")
    .option("--release <version>", "only sites of this version")
    .option("--json", "print one JSON object a site");
  return withConnection(command)
    .addHelpText("after", example("deno task fleet list --context hub", "deno task fleet list --faults --json"))
    .action(async ({ json, ...options }: ListCommandOptions) => {
      const { fleetList } = await import("./fleet_list.ts");
      done(await fleetList({ ...options, json: json === true }, io));
    });
}

import { Command } from "commander";
import { example, token } from "./arguments.ts";
import { withConnection } from "./connection_options.ts";
import type { FleetListArguments } from "./fleet_list.ts";
import type { Io } from "./io.ts";

type ListCommandOptions = Omit<FleetListArguments, "json"> & { readonly json?: boolean };

/** The command `fleet list`. @param done receives the exit code */
export function fleetListCommand(io: Io, done: (code: number) => void): Command {
  const command = new Command("list")
    .description("List the sites of a fleet with their state, version, lines, meters, transactions and faults")
    .option("--site <site>", "only this site", token)
    .option("--faults", "only sites with a fault of the node or of a meter")
    .option("--lost", "only sites whose node is lost")
    .option("--undelivered", "only sites with undelivered records")
    .option("--open", "only sites with an open transaction")
    .option("--duplicates", "only sites where two nodes serve the same meter")
    .option("--release <version>", "only sites of this version")
    .option("--json", "print one JSON object per site");
  return withConnection(command)
    .addHelpText("after", example("wattseal fleet list --context hub", "wattseal fleet list --faults --json"))
    .action(async ({ json, ...options }: ListCommandOptions) => {
      const { fleetList } = await import("./fleet_list.ts");
      done(await fleetList({ ...options, json: json === true }, io));
    });
}

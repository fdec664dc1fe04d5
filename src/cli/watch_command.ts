import { Command } from "commander";
import { example, token } from "./arguments.ts";
import { withConnection } from "./connection_options.ts";
import type { Io } from "./io.ts";
import type { WatchArguments } from "./watch.ts";

/** `watch`. */
export function watchCommand(io: Io, done: (code: number) => void): Command {
  return withConnection(new Command("watch"))
    .description("Show the meters of a fleet as a live table, those with problems first; its last line names the keys")
    .option("--site <site>", "only this site", token)
    .option("--meter <meter>", "only this meter", token)
    .option(
      "--once",
      "print one complete table and exit: 0 complete, 1 no meter or a part cannot be read, 3 NATS is not reachable",
    )
    .option("--versions", "show the version of the service that serves each meter")
    .option("--json", "print one JSON object for each reading, status, fault and node status")
    .addHelpText("after", example("wattseal watch --site berlin-01", "wattseal watch --once --versions"))
    .action(async ({ json, ...options }: Omit<WatchArguments, "json"> & { json?: boolean }) => {
      const { watch } = await import("./watch.ts");
      done(await watch({ ...options, json: json === true }, io));
    });
}

import { Command } from "commander";
import { example } from "./arguments.ts";
import type { Io } from "./io.ts";

/** The command `everest`. @param done receives the exit code */
export function everestCommand(io: Io, done: (code: number) => void): Command {
  return new Command("everest")
    .description(
      "Provide meters to EVerest over MQTT, as its module powermeter_API version 1, until SIGINT or SIGTERM; the service " +
        "of the meters is reached over NATS",
    )
    .requiredOption("--config <file>", "its own configuration file (docs/everest.md)")
    .addHelpText("after", example("wattseal everest --config everest.yaml"))
    .action(async ({ config }: { config: string }) => {
      const { everest } = await import("./everest.ts");
      done(await everest(config, io));
    });
}

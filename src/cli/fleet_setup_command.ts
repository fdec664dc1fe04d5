import { Command, Option } from "commander";
import { example, token, whole } from "./arguments.ts";
import { type ConnectionOptions, withConnection } from "./connection_options.ts";
import type { Io } from "./io.ts";

const topologies = ["hub", "single"] as const;
const readings = ["all", "last", "none"] as const;

interface SetupCommandOptions extends ConnectionOptions {
  topology?: (typeof topologies)[number];
  readings?: (typeof readings)[number];
  readingsMaxAgeDays?: number;
  readingsMaxBytes?: number;
  replicas?: number;
  consumer?: string[] | false;
  repair?: boolean;
  dryRun?: boolean;
  wait: number;
  json?: boolean;
}

/** `fleet setup`. @param done takes the exit code */
export function fleetSetupCommand(io: Io, done: (code: number) => void): Command {
  const command = new Command("setup")
    .description("Create the streams and the consumers of records; shows the plan, then acts. It can be run again")
    .addOption(
      new Option("--topology <kind>", "hub: nodes publish to edge servers; single: they publish to these servers")
        .choices(topologies),
    )
    .addOption(
      new Option("--readings <choice>", "readings to keep: all, the last one of each meter, none")
        .choices(readings),
    )
    .option("--readings-max-age-days <n>", "days that readings are kept, 0 = for ever (7)", whole(0, 36_500))
    .option("--readings-max-bytes <n>", "most bytes that readings may take", whole(1, Number.MAX_SAFE_INTEGER))
    .option("--replicas <n>", "copies in a cluster; without it 3 there, and 1 on a single server", whole(1, 5))
    .option("--consumer <names>", 'durable consumers of the records, separated by commas ("billing")', tokens)
    .option("--no-consumer", "create no consumer")
    .option("--repair", "change what exists and differs")
    .option("--dry-run", "show the plan only")
    .option("--wait <s>", "seconds to try again while a cluster forms", whole(0, 3600), 60)
    .option("--json", "print one JSON object a step: {action, subject, text, done}");
  return withConnection(command)
    .addHelpText(
      "after",
      example(
        "deno task fleet setup --context hub --topology hub --readings last",
        "deno task fleet setup --context hub --repair --dry-run",
      ),
    )
    .action(async ({ consumer = ["billing"], repair, dryRun, wait, json, ...options }: SetupCommandOptions) => {
      const { fleetSetup } = await import("./fleet_setup.ts");
      done(
        await fleetSetup({
          ...options,
          consumers: consumer === false ? [] : consumer,
          repair: repair === true,
          dryRun: dryRun === true,
          waitMs: wait * 1000,
          json: json === true,
        }, io),
      );
    });
}

function tokens(text: string): string[] {
  return text.split(",").map(token);
}

import { Command, Option } from "commander";
import { example, token, wholeNumber } from "./arguments.ts";
import { type ConnectionOptions, withConnection } from "./connection_options.ts";
import type { Io } from "./io.ts";

const topologies = ["hub", "single"] as const;
const readings = ["all", "last", "none"] as const;

interface SetupCommandOptions extends ConnectionOptions {
  topology?: (typeof topologies)[number];
  readings?: (typeof readings)[number];
  readingsMaxAgeDays?: number;
  readingsMaxBytes?: number;
  intervals?: boolean;
  intervalsMaxAgeDays?: number;
  replicas?: number;
  consumer?: string[] | false;
  repair?: boolean;
  dryRun?: boolean;
  wait: number;
  json?: boolean;
}

/** The command `fleet setup`. @param done receives the exit code */
export function fleetSetupCommand(io: Io, done: (code: number) => void): Command {
  const command = new Command("setup")
    .description("Create the streams and the consumers of records. Shows the plan before it acts, and can be repeated")
    .addOption(
      new Option("--topology <kind>", "hub: nodes publish to edge servers; single: nodes publish to these servers")
        .choices(topologies),
    )
    .addOption(
      new Option("--readings <choice>", "readings to store: all, the last one of each meter, or none")
        .choices(readings),
    )
    .option("--readings-max-age-days <n>", "days to keep readings; 0: forever (default: 7)", wholeNumber(0, 36_500))
    .option(
      "--readings-max-bytes <n>",
      "maximum size of the stored readings in bytes",
      wholeNumber(1, Number.MAX_SAFE_INTEGER),
    )
    .option("--intervals", "store the intervals of load profiles, which meters with interval_minutes publish")
    .option("--intervals-max-age-days <n>", "days to keep intervals; 0: forever (default: 400)", wholeNumber(0, 36_500))
    .option(
      "--replicas <n>",
      "replicas in a cluster (default: 3 in a cluster, 1 on a single server)",
      wholeNumber(1, 5),
    )
    .option("--consumer <names>", 'durable consumers of the records, separated by commas (default: "billing")', tokens)
    .option("--no-consumer", "do not create a consumer")
    .option("--repair", "change existing objects that differ")
    .option("--dry-run", "only show the plan")
    .option("--wait <s>", "seconds to retry while a cluster forms", wholeNumber(0, 3600), 60)
    .option("--json", "print one JSON object per step: {action, subject, text, done}");
  return withConnection(command)
    .addHelpText(
      "after",
      example(
        "wattseal fleet setup --context hub --topology hub --readings last",
        "wattseal fleet setup --context hub --repair --dry-run",
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

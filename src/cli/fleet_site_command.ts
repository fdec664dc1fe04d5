import { Command, Option } from "commander";
import { example, token, wholeNumber } from "./arguments.ts";
import { withConnection } from "./connection_options.ts";
import type { SiteAddArguments, SiteRemoveArguments } from "./fleet_site.ts";
import type { Io } from "./io.ts";

/** The command `fleet site` with its subcommands. @param done receives the exit code */
export function fleetSiteCommand(io: Io, done: (code: number) => void): Command {
  const site = new Command("site").description(
    "Add, rename and remove sites at a hub. Each command shows its " +
      "plan before it acts",
  );
  withConnection(withPlan(withFiles(site.command("add"))))
    .description(
      "Let the hub receive the messages of a new site, and create the files for its edge server and " +
        "its service",
    )
    .argument("<site>", "name of the site", token)
    .addHelpText(
      "after",
      example("wattseal fleet site add berlin-01 --operator operator --leaf nats-leaf://hub-1.example.org:7422"),
    )
    .action(async (name: string, options: FilesOptions) => {
      const { fleetSiteAdd } = await import("./fleet_site.ts");
      done(await fleetSiteAdd({ ...filesArguments(options), site: name }, io));
    });
  withConnection(withPlan(withFiles(site.command("rename"))))
    .description(
      "Prepare a new name for a site. Afterwards install the new files, restart the edge server and the service, " +
        "and remove the old name: fleet site remove OLD --edge-domain NEW",
    )
    .argument("<old>", "current name of the site", token)
    .argument("<new>", "new name of the site", token)
    .addHelpText("after", example("wattseal fleet site rename berlin-01 berlin-mitte --leaf nats-leaf://hub-1:7422"))
    .action(async (name: string, to: string, options: FilesOptions) => {
      const { fleetSiteRename } = await import("./fleet_site.ts");
      done(await fleetSiteRename({ ...filesArguments(options), site: name, to }, io));
    });
  withConnection(withPlan(site.command("remove")))
    .description(
      "Remove the sources and the retained messages of a site. Its records stay, and all of them must " +
        "be at the hub",
    )
    .argument("<site>", "name of the site", token)
    .option("--meter <meter>", "only the retained messages of this meter", token)
    .option("--edge-domain <name>", "JetStream domain of its edge server (default: from its source)", token)
    .option(
      "--force",
      "also if a record may be missing here, a transaction may be open, or the service still serves the meter",
    )
    .addHelpText(
      "after",
      example("wattseal fleet site remove berlin-01", "wattseal fleet site remove berlin-01 --meter evse-7"),
    )
    .action(async (name: string, { force, ...options }: RemoveOptions) => {
      const { fleetSiteRemove } = await import("./fleet_site.ts");
      done(await fleetSiteRemove({ ...planArguments(options), site: name, force: force === true }, io));
    });
  return site;
}

interface PlanOptions {
  wait: number;
  dryRun?: boolean;
  json?: boolean;
}

type FilesOptions =
  & Omit<SiteAddArguments, "site" | "force" | "waitMs" | "dryRun" | "json" | "leafUrls">
  & PlanOptions
  & { leaf?: string[]; force?: boolean };

type RemoveOptions =
  & Omit<SiteRemoveArguments, "site" | "force" | "waitMs" | "dryRun" | "json">
  & PlanOptions
  & { force?: boolean };

function withFiles(command: Command): Command {
  return command
    .option("--folder <folder>", "parent of the new folder, which is named after the site", "sites")
    .option("--operator <folder>", "folder created by fleet operator create: adds credentials for the site")
    .option("--leaf <addresses>", "leaf node addresses of the hub, for the edge server, separated by commas", list)
    .option("--edge-listen <address>", "address on which the edge server listens for the service", "127.0.0.1:4222")
    .option("--edge-store <folder>", "folder in which the edge server stores its streams", "/var/lib/nats")
    .option("--edge-domain <name>", "JetStream domain of the edge server (default: the name of the site)", token)
    .option("--lines <file>", "output of scan: its section lines is copied into the configuration of the service")
    .addOption(
      new Option("--readings-meter <meter>", "store only the readings of this meter of the site").argParser(token)
        .conflicts("readings"),
    )
    .option("--no-readings", "store no readings of this site at the hub")
    .option("--force", "replace existing files, and continue even if a record may be missing here");
}

function withPlan(command: Command): Command {
  return command
    .option("--dry-run", "only show the plan")
    .option("--wait <s>", "seconds to retry while a cluster forms", wholeNumber(0, 3600), 60)
    .option("--json", "print one JSON object per step: {action, subject, text, done}");
}

function planArguments<T extends PlanOptions>({ wait, dryRun, json, ...rest }: T) {
  return { ...rest, waitMs: wait * 1000, dryRun: dryRun === true, json: json === true };
}

function filesArguments({ leaf = [], force, ...options }: FilesOptions) {
  return { ...planArguments(options), leafUrls: leaf, force: force === true };
}

function list(text: string): string[] {
  return text.split(",");
}

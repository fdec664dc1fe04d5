import { Command, Option } from "commander";
import { example, token, whole } from "./arguments.ts";
import { withConnection } from "./connection_options.ts";
import type { SiteAddArguments, SiteRemoveArguments } from "./fleet_site.ts";
import type { Io } from "./io.ts";

/** `fleet site` with its subcommands. @param done takes the exit code */
export function fleetSiteCommand(io: Io, done: (code: number) => void): Command {
  const site = new Command("site").description("Add, rename and remove sites at a hub; each shows its plan, then acts");
  withConnection(withPlan(withFiles(site.command("add"))))
    .description("Let the hub take a new site's messages, and make the files for its edge server and its service")
    .argument("<site>", "name of the site", token)
    .addHelpText(
      "after",
      example("deno task fleet site add berlin-01 --operator operator --leaf nats-leaf://hub-1.example.org:7422"),
    )
    .action(async (name: string, options: FilesOptions) => {
      const { fleetSiteAdd } = await import("./fleet_site.ts");
      done(await fleetSiteAdd({ ...filesArguments(options), site: name }, io));
    });
  withConnection(withPlan(withFiles(site.command("rename"))))
    .description(
      "Prepare another name for a site. Then install its files and restart its edge server and service, and remove the " +
        "old name: fleet site remove OLD --edge-domain NEW",
    )
    .argument("<old>", "name that the site has", token)
    .argument("<new>", "name that it gets", token)
    .addHelpText("after", example("deno task fleet site rename berlin-01 berlin-mitte --leaf nats-leaf://hub-1:7422"))
    .action(async (name: string, to: string, options: FilesOptions) => {
      const { fleetSiteRename } = await import("./fleet_site.ts");
      done(await fleetSiteRename({ ...filesArguments(options), site: name, to }, io));
    });
  withConnection(withPlan(site.command("remove")))
    .description("Remove a site's sources and what is retained of it; its records stay. All of them have to be there")
    .argument("<site>", "name of the site", token)
    .option("--meter <meter>", "only what is retained of this meter", token)
    .option("--edge-domain <name>", "JetStream domain of its edge server; without it as its source says", token)
    .option(
      "--force",
      "also if a record may be missing here, a transaction may be open, or the service still has the meter",
    )
    .addHelpText(
      "after",
      example("deno task fleet site remove berlin-01", "deno task fleet site remove berlin-01 --meter evse-7"),
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
    .option("--folder <folder>", "the files go into a folder there, named like the site", "sites")
    .option("--operator <folder>", "folder that fleet operator create has made: the site gets credentials")
    .option("--leaf <addresses>", "leaf addresses of the hub, for the edge server, separated by commas", list)
    .option("--edge-listen <address>", "where the edge server listens for the service", "127.0.0.1:4222")
    .option("--edge-store <folder>", "where the edge server keeps its streams", "/var/lib/nats")
    .option("--edge-domain <name>", "JetStream domain of the edge server; without it the name of the site", token)
    .option("--lines <file>", "what scan prints: its lines go into the configuration of the service")
    .addOption(
      new Option("--readings-meter <meter>", "keep readings of this meter of the site only").argParser(token)
        .conflicts("readings"),
    )
    .option("--no-readings", "keep no readings of this site at the hub")
    .option("--force", "make files that exist again, and go on where a record may be missing here");
}

function withPlan(command: Command): Command {
  return command
    .option("--dry-run", "show the plan only")
    .option("--wait <s>", "seconds to try again while a cluster forms", whole(0, 3600), 60)
    .option("--json", "print one JSON object a step: {action, subject, text, done}");
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

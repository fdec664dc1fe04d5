import { Command, Option } from "commander";
import type { HubRole } from "../fleet/mod.ts";
import { example, prefix, token } from "./arguments.ts";
import type { Io } from "./io.ts";

const hubRoles = [
  "administrator",
  "billing",
  "controller",
  "everest",
  "viewer",
  "web",
] as const satisfies readonly HubRole[];

interface OperatorOptions {
  folder: string;
  force?: boolean;
  dryRun?: boolean;
  json?: boolean;
}

/** The command `fleet operator` with its subcommands. @param done receives the exit code */
export function fleetOperatorCommand(io: Io, done: (code: number) => void): Command {
  const operator = new Command("operator").description(
    "Manage keys and credentials of a hub in operator mode. A new site then needs one signed file and no server change",
  );
  withFolder(operator.command("create"))
    .description("Create an operator, an account with its signing keys, and credentials for the users of the hub")
    .option("--name <name>", "name of the operator", token, "wattseal")
    .option("--account <name>", "name of the account", token, "WATTSEAL")
    .option("--prefix <prefix>", "prefix of all subjects", prefix, "wattseal")
    .option("--force", "replace existing files; credentials created from them are then refused")
    .addHelpText("after", example("wattseal fleet operator create --folder operator"))
    .action(async ({ force, dryRun, json, ...options }: OperatorOptions & Names) => {
      const { fleetOperatorCreate } = await import("./fleet_operator.ts");
      const how = { dryRun: dryRun === true, json: json === true };
      done(await fleetOperatorCreate({ ...options, ...how, force: force === true }, io));
    });
  withFolder(operator.command("credentials"))
    .description("Create credentials for another user")
    .argument("<name>", "name of the user; for the role everest, the name of its site", token)
    .addOption(new Option("--role <role>", "permissions").choices(hubRoles).makeOptionMandatory())
    .addHelpText("after", example("wattseal fleet operator credentials display-1 --role viewer"))
    .action(async (name: string, { dryRun, json, ...options }: OperatorOptions & { role: HubRole }) => {
      const { fleetOperatorCredentials } = await import("./fleet_operator.ts");
      const how = { dryRun: dryRun === true, json: json === true };
      done(await fleetOperatorCredentials({ ...options, ...how, name }, io));
    });
  withFolder(operator.command("renew"))
    .description("Sign the account again: with the permissions of this release, and without revoked users")
    .option(
      "--revoke <user>",
      "credentials file or public key U... to revoke; can be repeated",
      (user: string, users: string[] = []) => [...users, user],
    )
    .addHelpText("after", example("wattseal fleet operator renew --revoke fleet/berlin-01/leaf.creds"))
    .action(async ({ folder, revoke = [], dryRun, json }: OperatorOptions & { revoke?: string[] }) => {
      const { fleetOperatorRenew } = await import("./fleet_operator.ts");
      done(await fleetOperatorRenew({ folder, revoke, dryRun: dryRun === true, json: json === true }, io));
    });
  return operator;
}

interface Names {
  name: string;
  account: string;
  prefix: string;
}

function withFolder(command: Command): Command {
  return command
    .option("--folder <folder>", "folder of the keys", "operator")
    .option("--dry-run", "only show the plan")
    .option("--json", "print one JSON object per step: {action, subject, text, done}");
}

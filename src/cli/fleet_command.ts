import { Command } from "commander";
import { fleetAuditCommand } from "./fleet_audit_command.ts";
import { fleetListCommand } from "./fleet_list_command.ts";
import { fleetOperatorCommand } from "./fleet_operator_command.ts";
import { fleetSetupCommand } from "./fleet_setup_command.ts";
import { fleetSiteCommand } from "./fleet_site_command.ts";
import type { Io } from "./io.ts";

/** The command `fleet` with its subcommands. @param done receives the exit code */
export function fleetCommand(io: Io, done: (code: number) => void): Command {
  return new Command("fleet")
    .description("Set up, list and check a fleet of sites over NATS")
    .addCommand(fleetAuditCommand(io, done))
    .addCommand(fleetListCommand(io, done))
    .addCommand(fleetOperatorCommand(io, done))
    .addCommand(fleetSetupCommand(io, done))
    .addCommand(fleetSiteCommand(io, done));
}

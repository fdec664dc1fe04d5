import { Command } from "commander";
import { example, token } from "./arguments.ts";
import { withConnection } from "./connection_options.ts";
import type { ForgetArguments } from "./forget.ts";
import type { Io } from "./io.ts";

/** The command `forget`. @param done receives the exit code */
export function forgetCommand(io: Io, done: (code: number) => void): Command {
  return withConnection(new Command("forget"))
    .description(
      "Remove the last status, public key and faults of a meter that is no longer configured. The running service of " +
        "this machine does it: --config (default: the installed one) or --state-dir names it. With --site, the " +
        "command does it over NATS, where no service runs. Records are never removed",
    )
    .argument("<meter>", "name of the meter", token)
    .option("--state-dir <dir>", "state folder of the service, instead of its configuration")
    .option("--site <site>", "site of the meter: remove the states over NATS, at a hub also those at the edge", token)
    .option(
      "--force",
      "with --site: also if the last status of its service lists the meter, or a transaction may be open",
    )
    .option("--json", "print one JSON object: {ok, meter, outcome, states} or {ok, error}; with --site one per step")
    .addHelpText("after", example("wattseal forget evse-9", "wattseal forget evse-9 --site berlin-01 --server hub-1"))
    .action(async (meter: string, { json, force, ...options }: Options) => {
      const { forget } = await import("./forget.ts");
      done(await forget({ ...options, meter, force: force === true, json: json === true }, io));
    });
}

type Options = Omit<ForgetArguments, "meter" | "json" | "force"> & { json?: boolean; force?: boolean };

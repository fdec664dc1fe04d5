import { Command, Option } from "commander";
import { token } from "./arguments.ts";
import { withConnection } from "./connection_options.ts";
import type { Io } from "./io.ts";
import type { TxStart, TxTarget } from "./tx.ts";

type TargetOptions = Omit<TxTarget, "json"> & { json?: boolean };

/** `tx` with its three verbs. @param done takes the exit code of the verb that ran */
export function txCommand(io: Io, done: (code: number) => void): Command {
  const tx = new Command("tx").description("Start, stop and look at transactions over NATS, as a charge point does");
  onTarget(tx.command("start"))
    .description("Start a transaction")
    .requiredOption("--evse <id>", "charging point, DE*ABC*E1 for one")
    .option("--id <id>", "transaction id; a new UUID without it")
    .option("--id-type <type>", "kind of identification", "NONE")
    .option("--id-data <data>", "identification; without it nobody is assigned", "")
    .option("--level <level>", "identification level", "NONE")
    .option("--flags <list>", "identification flags, separated by commas", (text) => text.split(","), [])
    .option("--tariff <text>", "tariff text", "")
    .addOption(new Option("--point-type <type>", "what --evse is").choices(["EVSEID", "CBIDC"]).default("EVSEID"))
    .addOption(
      new Option("--modality <way>", "which way energy is to flow")
        .choices(["charging", "vehicle_to_grid", "bidirectional"]).default("charging"),
    )
    .addHelpText("after", "\nExample:\n  deno task tx start --site berlin-01 --meter evse-1 --evse 'DE*ABC*E1'")
    .action(async (options: TargetOptions & TxStart) => {
      const { txStart } = await import("./tx.ts");
      done(await txStart(target(options), options, io));
    });
  onTarget(tx.command("stop"))
    .description("Stop a transaction and print its record")
    .requiredOption("--id <id>", 'transaction id; "" ends whatever is open')
    .addHelpText("after", "\nExample:\n  deno task tx stop --site berlin-01 --meter evse-1 --id 0d3f6f5e")
    .action(async (options: TargetOptions & { id: string }) => {
      const { txStop } = await import("./tx.ts");
      done(await txStop(target(options), options.id, io));
    });
  onTarget(tx.command("status"))
    .description("Tell how a transaction stands")
    .option("--id <id>", "transaction id; without it the open one, else the last")
    .addHelpText("after", "\nExample:\n  deno task tx status --site berlin-01 --meter evse-1")
    .action(async (options: TargetOptions & { id?: string }) => {
      const { txStatus } = await import("./tx.ts");
      done(await txStatus(target(options), options.id, io));
    });
  return tx;
}

function onTarget(command: Command): Command {
  const own = command
    .requiredOption("--site <site>", "site of the node", token)
    .requiredOption("--meter <meter>", "name of the meter", token)
    .option("--json", "print one JSON object on a line");
  return withConnection(own);
}

function target({ json, ...options }: TargetOptions): TxTarget {
  return { ...options, json: json === true };
}

import { Command, Option } from "commander";
import { example, token } from "./arguments.ts";
import { withConnection } from "./connection_options.ts";
import type { Io } from "./io.ts";
import type { TxStart, TxTarget } from "./tx.ts";

type TargetOptions = Omit<TxTarget, "json"> & { json?: boolean };

/** The command `tx` with its subcommands. @param done receives the exit code */
export function txCommand(io: Io, done: (code: number) => void): Command {
  const tx = new Command("tx").description("Start, stop and show transactions over NATS, as a charge point does");
  onTarget(tx.command("start"))
    .description("Start a transaction")
    .requiredOption("--evse <id>", "id of the charging point, for example DE*ABC*E1")
    .option("--id <id>", "transaction id (default: a new UUID)")
    .option("--id-type <type>", "identification type", "NONE")
    .option("--id-data <data>", "identification data; without it no user is assigned", "")
    .option("--level <level>", "identification level", "NONE")
    .option("--flags <list>", "identification flags, separated by commas", (text) => text.split(","), [])
    .option("--tariff <text>", "tariff text", "")
    .addOption(
      new Option("--point-type <type>", "type of the id in --evse").choices(["EVSEID", "CBIDC"]).default("EVSEID"),
    )
    .addOption(
      new Option("--modality <way>", "direction of the energy")
        .choices(["charging", "vehicle_to_grid", "bidirectional"]).default("charging"),
    )
    .option("--supersede", "end the open transaction of the meter first; without it, an open transaction is an error")
    .option("--full", "print the whole reply")
    .addHelpText("after", example("wattseal tx start --site berlin-01 --meter evse-1 --evse 'DE*ABC*E1'"))
    .action(async (options: TargetOptions & TxStart) => {
      const { txStart } = await import("./tx.ts");
      done(await txStart(target(options), options, io));
    });
  onTarget(tx.command("stop"))
    .description("Stop a transaction and print its record; of a transaction that has ended, when and with which record")
    .requiredOption("--id <id>", 'transaction id, or a unique beginning of it; "" stops the open transaction')
    .option("--full", "print the whole reply, with the record")
    .addHelpText("after", example("wattseal tx stop --site berlin-01 --meter evse-1 --id 0d3f6f5e"))
    .action(async (options: TargetOptions & { id: string }) => {
      const { txStop } = await import("./tx.ts");
      done(await txStop(target(options), options.id, io));
    });
  onTarget(tx.command("status"))
    .description("Show the status of a transaction")
    .option(
      "--id <id>",
      "transaction id, or a unique beginning of it (default: the open transaction, else the last one)",
    )
    .option("--full", "print the whole reply")
    .addHelpText("after", example("wattseal tx status --site berlin-01 --meter evse-1"))
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
    .option("--json", "print one JSON object on one line");
  return withConnection(own);
}

function target({ json, ...options }: TargetOptions): TxTarget {
  return { ...options, json: json === true };
}

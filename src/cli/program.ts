import { Command, CommanderError, Option } from "commander";
import { modelNames } from "../base/meter_names.ts";
import { baudrate, example, wholeNumber } from "./arguments.ts";
import { configOf, type ConfigOptions, withConfig } from "./config_argument.ts";
import { everestCommand } from "./everest_command.ts";
import { fieldTestCommand } from "./field_test_command.ts";
import { fleetCommand } from "./fleet_command.ts";
import { forgetCommand } from "./forget_command.ts";
import { type Installation, readInstallation, versionText } from "./installation.ts";
import { installedConfig } from "./installed_config.ts";
import type { Io } from "./io.ts";
import { addJournalCommand } from "./journal_commands.ts";
import { profileCommand } from "./profile_command.ts";
import { rtsOf, type RtsOptions, withRts } from "./rts_options.ts";
import { scanCommand } from "./scan_command.ts";
import { addServiceCommands } from "./service_commands.ts";
import { txCommand } from "./tx_command.ts";
import { watchCommand } from "./watch_command.ts";
import { webCommand } from "./web_command.ts";
import { lines, linesOf } from "./safe_text.ts";

/**
 * All commands with their options. Each command loads its code when it is called, so it needs only its own permissions.
 *
 * @param done receives the exit code
 */
export function program(
  io: Io,
  done: (code: number) => void,
  installation: Installation = readInstallation(),
): Command {
  const root = new Command(installation.call)
    .description("Carries legally sealed energy readings from the meters of charging stations to NATS")
    .option("--version", "print the version and the commit")
    .on("option:version", () => {
      const text = versionText(installation);
      io.out(lines(text));
      throw new CommanderError(0, "commander.version", text);
    })
    .exitOverride()
    .configureOutput({ writeOut: (text) => io.out(linesOf(text)), writeErr: (text) => io.err(linesOf(text)) })
    .showHelpAfterError("(add --help for more)");

  root.command("demo")
    .description(
      "Try Wattseal without hardware: private NATS server, simulated meters, service, one verified transaction",
    )
    .option("--once", "exit after the transaction; exit code 0 if all checks passed")
    .option("--meters <n>", "number of simulated meters", wholeNumber(1, 60), 3)
    .addOption(new Option("--metrics [address]", "serve a page for Prometheus there").preset("127.0.0.1:9464"))
    .addOption(new Option("--web [address]", "serve the page of the fleet there").preset("127.0.0.1:8780"))
    .addHelpText("after", example("wattseal demo --once", "wattseal demo --metrics", "wattseal demo --web"))
    .action(async ({ once = false, ...options }: DemoOptions) => {
      const { demo } = await import("./demo.ts");
      done(await demo({ once, ...options }, io));
    });

  withConfig(root.command("start"))
    .description("Run the service until SIGINT or SIGTERM")
    .addHelpText("after", example("wattseal start config/one-meter.yaml"))
    .action(async (file: string | undefined, options: ConfigOptions, command: Command) => {
      const config = configOf(file, options, command);
      const { start } = await import("./start.ts");
      done(await start({ config }, io));
    });

  withConfig(root.command("doctor"))
    .description(
      "Check devices, permissions, clock, broker, streams, credentials, disk, journal, pages and the configuration of " +
        "everest, and show how to repair what is wrong; changes nothing, and works while the service runs",
    )
    .option("--user <name>", "user that the service runs as (default for root: that of the service or of its state)")
    .option("--everest <file>", "configuration of the command everest (default: that of the installed package)")
    .option("--json", "print one JSON object: {ok, user, findings: [{check, state, found, repair}]}")
    .addHelpText("after", example("wattseal doctor config/one-meter.yaml"))
    .action(async (file: string | undefined, options: DoctorOptions, command: Command) => {
      const config = configOf(file, options, command);
      const { doctor } = await import("./doctor.ts");
      done(await doctor({ ...options, config, json: options.json === true }, io));
    });

  addServiceCommands(root, io, done);
  root.addCommand(forgetCommand(io, done));

  withConfig(root.command("check-config"))
    .description("Check a configuration file and print the effective settings, including defaults")
    .option("--everest", "the file is the configuration of the command everest (docs/everest.md)")
    .option("--json", "print one JSON object")
    .addHelpText("after", example("wattseal check-config config/one-meter.yaml"))
    .action(async (file: string | undefined, options: CheckOptions, command: Command) => {
      const everest = options.everest === true;
      const config = configOf(file, options, command, installedConfig(everest ? "everest" : "site"));
      const { checkConfig } = await import("./check_config.ts");
      done(await checkConfig({ file: config, everest, json: options.json === true }, io));
    });

  root.command("schema")
    .description("Print the JSON Schema of the configuration, with which editors complete and check it")
    .option("--everest", "that of the configuration of the command everest (docs/everest.md)")
    .addHelpText("after", example("wattseal schema > schema.json"))
    .action(async ({ everest = false }: { everest?: boolean }) => {
      const { schema } = await import("./schema.ts");
      done(schema({ everest }, io));
    });

  withConfig(root.command("read"))
    .description("Read meters once, directly from the line, without NATS; stop the service first: it uses the line")
    .option("--meter <name>", "only this meter")
    .option(
      "--plan",
      "show the requests of a reading, their time on the line, and how many such meters the line " +
        "can serve",
    )
    .option(
      "--raw",
      "show every register in hex with its name and value, and all frames with their times, for a support ticket. " +
        "This includes the data of the last transaction in the meter",
    )
    .option("--json", "print one JSON object per meter; with --raw one per register and one per frame")
    .addHelpText("after", example("wattseal read --config config/one-meter.yaml --json"))
    .action(async (file: string | undefined, options: ReadOptions, command: Command) => {
      const meter = options.meter === undefined ? {} : { meter: options.meter };
      const args = { config: configOf(file, options, command), ...meter, json: options.json === true };
      if (options.plan === true) done(await (await import("./read_plan.ts")).readPlan(args, io));
      else if (options.raw === true) done(await (await import("./read_raw.ts")).readRaw(args, io));
      else done(await (await import("./read.ts")).read(args, io));
    });

  root.command("import-everest")
    .description(
      "Convert an EVerest configuration to a Wattseal configuration on standard output; settings that cannot be " +
        "converted are listed on standard error, and also what changes in the EVerest configuration",
    )
    .argument("<file>", "EVerest configuration file, or - for standard input")
    .addHelpText("after", example("wattseal import-everest config-bringup.yaml > site.yaml"))
    .action(async (file: string) => {
      const { importEverestFile } = await import("./import_everest.ts");
      done(await importEverestFile(file, io));
    });

  root.addCommand(everestCommand(io, done));
  root.addCommand(scanCommand(io, done));
  root.addCommand(fieldTestCommand(io, done));

  root.command("verify")
    .description(
      "Verify records: an OCMF text, a published result, a message of OCPP, S.A.F.E. XML, JSON lines of {id?, " +
        "ocmf, public_key}, or the output of tx stop or journal with --json",
    )
    .argument("[file]", "file with records, or - for standard input", "-")
    .option("--public-key <key>", "the meter's public key, for records without one")
    .option("--full", "explain each record")
    .option("--json", "print one JSON object per record: the verdicts, and the session that its text states")
    .addHelpText("after", example("wattseal verify --public-key 0475549D... record.ocmf"))
    .action(async (file: string, options: { publicKey?: string; full?: boolean; json?: boolean }) => {
      const { verify } = await import("./verify.ts");
      const publicKey = options.publicKey === undefined ? {} : { publicKey: options.publicKey };
      done(await verify({ file, ...publicKey, full: options.full === true, json: options.json === true }, io));
    });

  addJournalCommand(root, io, done);

  withRts(root.command("bridge"))
    .description(
      "Serve a serial port as a stream of bytes to one client; the service then needs no access to " +
        "the device",
    )
    .requiredOption("--serial-port <path>", "device, for example /dev/ttyUSB0")
    .requiredOption("--baudrate <b>", "bits per second", baudrate)
    .addOption(new Option("--parity <parity>", "parity bit").choices(["none", "odd", "even"]).default("none"))
    .option("--stop-bits <n>", "1 or 2", wholeNumber(1, 2), 1)
    .requiredOption("--listen <address>", "unix:PATH or tcp://127.0.0.1:PORT")
    .option(
      "--allow-remote",
      "allow tcp:// on an address that other machines can reach: they can then read and write all meters on the line",
    )
    .addHelpText(
      "after",
      example("wattseal bridge --serial-port /dev/ttyUSB0 --baudrate 9600 --listen unix:./meter.sock"),
    )
    .action(async (options: BridgeOptions) => {
      const { serialPort, baudrate, parity, stopBits, allowRemote = false } = options;
      const { bridge, listenAddress } = await import("./bridge.ts");
      const listen = listenAddress(options.listen, { allowRemote });
      done(await bridge({ serialPort, baudrate, parity, stopBits, rts: rtsOf(options), listen }, io));
    });

  root.command("simulate")
    .description(
      "Run simulated meters on a pseudo-terminal, for development; prints the section lines for a " +
        "configuration",
    )
    .option("--meters <n>", "number of meters, with unit ids from 1", wholeNumber(1, 60), 1)
    .option("--kinds <list>", "kinds to cycle through: em580-256, em580-384, em340, em580-none", list, defaultKinds)
    .option(
      "--model <list>",
      `series to cycle through, instead of kinds: ${modelNames.join(", ")}`,
      list,
    )
    .option("--baudrate <b>", "baud rate; it limits the speed of answers", baudrate, 9600)
    .option("--turnaround <ms>", "pause before a meter answers", wholeNumber(0, 10_000), 5)
    .option(
      "--serial-numbers <list>",
      "of the first meters, which also decide their keys (default: from the unit ids)",
      list,
    )
    .addOption(
      new Option("--wiring <fault>", "wiring fault to simulate (docs/hardware.md)")
        .choices(["swapped", "doubled", "unterminated"]),
    )
    .option(
      "--raw-texts",
      "copy texts into records without escaping: quotes and backslashes make the records " +
        "malformed",
    )
    .option("--link <path>", "symbolic link to the pseudo-terminal, for a stable name")
    .option("--json", "print one JSON object: {path, meters: [{name, unit, model}]}")
    .addHelpText("after", example("wattseal simulate --meters 3 --baudrate 115200 --link ./meter"))
    .action(async (options: SimulateOptions) => {
      const { simulate } = await import("./simulate.ts");
      const { turnaround: turnaroundMs, json, model, kinds, ...rest } = options;
      done(await simulate({ ...rest, kinds: model ?? kinds, turnaroundMs, json: json === true }, io));
    });

  root.addCommand(watchCommand(io, done));
  root.addCommand(webCommand(io, done));
  root.addCommand(txCommand(io, done));
  root.addCommand(profileCommand(io, done));
  root.addCommand(fleetCommand(io, done));

  inheritSettings(root);
  return root;
}

/** A subcommand that is added as an object does not inherit its parent's settings automatically. */
function inheritSettings(parent: Command): void {
  for (const command of parent.commands) {
    command.copyInheritedSettings(parent).allowExcessArguments(false);
    inheritSettings(command);
  }
}

interface DemoOptions {
  once?: boolean;
  meters: number;
  metrics?: string;
  web?: string;
}

interface DoctorOptions extends ConfigOptions {
  everest?: string;
  user?: string;
  json?: boolean;
}

interface CheckOptions extends ConfigOptions {
  everest?: boolean;
  json?: boolean;
}

interface ReadOptions extends ConfigOptions {
  meter?: string;
  plan?: boolean;
  raw?: boolean;
  json?: boolean;
}

interface BridgeOptions extends RtsOptions {
  serialPort: string;
  baudrate: number;
  parity: "none" | "odd" | "even";
  stopBits: 1 | 2;
  listen: string;
  allowRemote?: boolean;
}

interface SimulateOptions {
  meters: number;
  kinds: string[];
  model?: string[];
  baudrate: number;
  turnaround: number;
  serialNumbers?: string[];
  rawTexts?: boolean;
  wiring?: "swapped" | "doubled" | "unterminated";
  link?: string;
  json?: boolean;
}

const defaultKinds = ["em580-256", "em580-384", "em340"];

function list(text: string): string[] {
  return text.split(",");
}

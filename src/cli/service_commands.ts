import { Argument, type Command } from "commander";
import { type LogLevel, logLevels } from "../base/log.ts";
import type { AcknowledgeableFault } from "../transaction/mod.ts";
import { example, token } from "./arguments.ts";
import type { Io } from "./io.ts";

/** Adds the commands that ask the running service of this machine. @param done receives the exit code */
export function addServiceCommands(root: Command, io: Io, done: (code: number) => void): void {
  withService(root.command("health"))
    .description("List the present problems of the running service; exit code 1 if there are any")
    .option("--json", "print one JSON object: {healthy, site, version, lines, meters, problems}")
    .addHelpText("after", example("wattseal health --config config/one-meter.yaml"))
    .action(async (options: ServiceOptions) => {
      const { health } = await import("./health.ts");
      done(await health({ ...options, json: options.json === true }, io));
    });

  withService(root.command("reload"))
    .description(
      "Let the running service read its configuration again, without an interruption; prints what has changed and what " +
        "waits for the end of a transaction",
    )
    .option("--json", "print one JSON object: {ok, file, applied, waiting, warnings} or {ok, error, problems}")
    .addHelpText("after", example("wattseal reload --config config/one-meter.yaml"))
    .action(async (options: ServiceOptions) => {
      const { reload } = await import("./reload.ts");
      done(await reload({ ...options, json: options.json === true }, io));
    });

  withService(root.command("log-level"))
    .description(
      "Print the log level of the running service, or set it; a restart or a reload sets the level of the " +
        "configuration again",
    )
    .addArgument(new Argument("[level]", "new level").choices(logLevels))
    .option("--json", "print one JSON object: {ok, level, configured} or {ok, error}")
    .addHelpText("after", example("wattseal log-level debug", "wattseal log-level --config config/one-meter.yaml"))
    .action(async (level: LogLevel | undefined, options: ServiceOptions) => {
      const { logLevel } = await import("./log_level.ts");
      done(await logLevel({ ...options, ...(level && { level }), json: options.json === true }, io));
    });

  withService(root.command("acknowledge"))
    .description(
      "Acknowledge a replaced meter (MeterExchanged) or a changed public key (PublicKeyChanged); the fault stays until " +
        "then. Compare serial number and key with the label of the meter before",
    )
    .argument("<meter>", "name of the meter", token)
    .addArgument(new Argument("<fault>", "sub type of the fault").choices(acknowledgeable))
    .option("--json", "print one JSON object: {ok, meter, fault, acknowledged} or {ok, error}")
    .addHelpText("after", example("wattseal acknowledge evse-1 MeterExchanged"))
    .action(async (meter: string, fault: string, options: ServiceOptions) => {
      const { acknowledge } = await import("./acknowledge.ts");
      done(await acknowledge({ ...options, meter, fault, json: options.json === true }, io));
    });
}

/** As `acknowledgeableFaults`, which is not imported because all commands would load it. */
const acknowledgeable: readonly AcknowledgeableFault[] = ["MeterExchanged", "PublicKeyChanged"];

interface ServiceOptions {
  config?: string;
  stateDir?: string;
  json?: boolean;
}

/** Adds the options that name the running service. */
function withService(command: Command): Command {
  return command
    .option("--config <file>", "configuration of the service (default: the installed one)")
    .option("--state-dir <dir>", "state folder of the service, instead of its configuration");
}

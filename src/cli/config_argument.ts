import type { Command } from "commander";
import { installedConfig } from "./installed_config.ts";

/** Options of a command that needs a configuration file. */
export interface ConfigOptions {
  readonly config?: string;
}

/** Adds the configuration file to a command: as an argument, or as the option `--config`. */
export function withConfig(command: Command): Command {
  return command
    .argument("[file]", "configuration file (docs/configuration.md; default: that of the installed package)")
    .option("--config <file>", "the same as an option");
}

/**
 * The configuration file of a command; prints a usage error and throws if there is none, or two.
 *
 * @param installed the configuration that is used if none is named
 */
export function configOf(
  file: string | undefined,
  { config }: ConfigOptions,
  command: Command,
  installed = installedConfig(),
): string {
  if (file !== undefined && config !== undefined && file !== config) {
    command.error(`error: two configuration files: ${file} and --config ${config}; give one`);
  }
  const found = file ?? config ?? installed;
  return found ?? command.error("error: give a configuration file: no configuration is installed in /etc/wattseal");
}

import { ConfigError } from "./config_error.ts";
import type { Settings } from "./settings.ts";

/** What {@linkcode loadConfig} must know besides the text. */
export interface LoadOptions {
  /** The file's path: it is named in problems, and relative paths in the file start from its folder. */
  readonly path: string;
  /** Value of an environment variable, or undefined where it is not set. */
  readonly env: (name: string) => string | undefined;
}

/**
 * Turns the text of a configuration file into settings.
 *
 * @param text YAML
 * @returns the settings, with all defaults, frozen
 * @throws {ConfigError} with all mistakes of the file
 */
export function loadConfig(_text: string, options: LoadOptions): Settings {
  throw new ConfigError("invalid", [
    { file: options.path, line: 1, column: 1, key: "", found: "", allowed: "", message: "" },
  ]);
}

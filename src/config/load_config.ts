import { buildSettings } from "./build_settings.ts";
import { checkTogether } from "./check_together.ts";
import { ConfigError } from "./config_error.ts";
import { findWarnings } from "./find_warnings.ts";
import { location, problemsOf } from "./problems.ts";
import { readYaml } from "./read_yaml.ts";
import type { ChangedDefault, Settings } from "./settings.ts";
import { spreadDefaults } from "./spread_defaults.ts";
import { nodeAt, type TreeNode } from "./tree.ts";
import { validate } from "./validate.ts";

/** The context of {@linkcode loadConfig}. */
export interface LoadOptions {
  /** Path of the file, for messages; relative paths in the file start in its folder. */
  readonly path: string;
  /** Returns the value of an environment variable, or undefined if it is not set. */
  readonly env: (name: string) => string | undefined;
}

/**
 * Parses the text of a configuration file.
 *
 * @param text YAML; keys, units, ranges and defaults: `docs/configuration.md`
 * @returns the settings with all defaults, frozen
 * @throws {ConfigError} with all mistakes of the file
 */
export function loadConfig(text: string, options: LoadOptions): Settings {
  const { path } = options;
  const reading = readYaml(text, options.env);
  if (reading.root === undefined) throw new ConfigError("syntax", problemsOf(reading.findings, path));
  const root = spreadDefaults(reading.root);
  const { file, findings } = validate(root);
  const problems = problemsOf([...reading.findings, ...findings, ...checkTogether(root, path)], path);
  if (file === undefined || problems.length > 0) throw new ConfigError("invalid", problems);
  const warnings = findWarnings(file, root).map((warning) => `${location(path, warning)}: ${warning.text}`);
  return deepFreeze({ ...buildSettings(file, path), warnings, changedDefaults: changedDefaults(root, path) });
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== "object" || value === null) return value;
  for (const inner of Object.values(value)) deepFreeze(inner);
  return Object.freeze(value);
}

/** Returns the keys that a file does not set and whose default differs from an earlier release. */
function changedDefaults(root: TreeNode, path: string): ChangedDefault[] {
  if (nodeAt(root, ["clock", "require_sync"]) !== undefined) return [];
  const text =
    `${path}: clock.require_sync is not set. Its default is now true (before: false): the clocks of the meters are ` +
    "not set while the clock of this machine is not synchronised";
  return [{ key: "clock.require_sync", text }];
}

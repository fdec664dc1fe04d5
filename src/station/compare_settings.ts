import type { Settings } from "../config/mod.ts";
import type { Change } from "./change.ts";
import { changedKeys } from "./changed_keys.ts";
import { compareLines } from "./compare_lines.ts";

/**
 * How a change of a top-level key takes effect: with a restart, at once, or by changing lines and meters. The compiler
 * refuses a key of the settings that is not listed.
 */
const effects = {
  site: "restart",
  stateDir: "restart",
  nats: "restart",
  streams: "restart",
  spool: "at_once",
  journal: "at_once",
  clock: "at_once",
  metrics: "at_once",
  // The service does not use it
  web: "none",
  log: "at_once",
  lines: "lines",
  warnings: "none",
  changedDefaults: "none",
} as const satisfies Record<keyof Settings, "restart" | "at_once" | "lines" | "none">;

/** Keys that need a restart although the rest of their section takes effect at once. */
const restartKeys: readonly string[] = ["spool.mode"];

/** The differences between the settings in force and new ones. */
export interface SettingsChange {
  /** Paths of changed keys that need a restart: `nats.servers`. */
  readonly restart: readonly string[];
  /** Paths of changed keys that take effect at once: `log.level`. */
  readonly atOnce: readonly string[];
  /** Changes of lines and meters. */
  readonly lines: readonly Change[];
}

/** Compares the settings in force with new ones. */
export function compareSettings(before: Settings, after: Settings): SettingsChange {
  const changed = (effect: "restart" | "at_once") =>
    changedKeys(settingsWith(before, effect), settingsWith(after, effect));
  const needsRestart = (key: string) => restartKeys.includes(key);
  const atOnce = changed("at_once");
  return {
    restart: [...changed("restart"), ...atOnce.filter(needsRestart)],
    atOnce: atOnce.filter((key) => !needsRestart(key)),
    lines: compareLines(before.lines, after.lines),
  };
}

function settingsWith(settings: Settings, effect: "restart" | "at_once"): object {
  const known: ReadonlyMap<string, string> = new Map(Object.entries(effects));
  return Object.fromEntries(Object.entries(settings).filter(([key]) => known.get(key) === effect));
}

import type { TextTable } from "../shell/language.ts";

/** States of meters and processes, by their published names. */
export const stateTexts = {
  connecting: { en: "Connecting", de: "Verbindet" },
  online: { en: "Online", de: "Online" },
  offline: { en: "Offline", de: "Offline" },
  stopped: { en: "Stopped", de: "Beendet" },
  lost: { en: "Node lost", de: "Knoten verloren" },
} as const satisfies TextTable;

/** States of transactions, by their published names. */
export const transactionTexts = {
  idle: { en: "None", de: "Keiner" },
  starting: { en: "Starting", de: "Beginnt" },
  running: { en: "Charging", de: "L\u00e4dt" },
  stopping: { en: "Stopping", de: "Endet" },
  finished: { en: "Finished", de: "Beendet" },
  corrupted: { en: "Corrupted", de: "Besch\u00e4digt" },
} as const satisfies TextTable;

/** Severities of faults, by their published names. */
export const severityTexts = {
  High: { en: "High", de: "Hoch" },
  Medium: { en: "Medium", de: "Mittel" },
  Low: { en: "Low", de: "Niedrig" },
} as const satisfies TextTable;

import type { Settings } from "../config/mod.ts";

/** What a reload has changed. */
export interface ReloadResult {
  /** The settings in force now. */
  readonly settings: Settings;
  /** The changes that are in force, each as a text. */
  readonly applied: readonly string[];
  /** The changes that wait for the end of a transaction, each as a text. */
  readonly waiting: readonly string[];
  /** What is not as the file says yet although it is in force, each as a text with the reason. It is logged already. */
  readonly warnings: readonly string[];
}

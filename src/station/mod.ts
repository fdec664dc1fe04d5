/**
 * The lines and meters in service, and how a new configuration changes them while they work.
 *
 * @module
 */
export type { AcknowledgeableFault } from "../transaction/mod.ts";
export { compareSettings, type SettingsChange } from "./compare_settings.ts";
export { RestartRequired } from "./restart_required.ts";
export { SettingsInForce } from "./settings_in_force.ts";
export { Station } from "./station.ts";
export { type AppliedChanges, StationChanges } from "./station_changes.ts";
export type { StationParts } from "./station_parts.ts";
export { reportUnconfigured } from "./unconfigured.ts";
export type { ReloadResult } from "./reload_result.ts";

/**
 * The lines and meters in service, and how a new configuration changes them while they work.
 *
 * @module
 */
export { Station } from "./station.ts";
export type { StationParts } from "./station_parts.ts";

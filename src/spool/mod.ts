/**
 * Readings that wait until their stream has stored them, in memory or in a file, limited by age and size.
 *
 * @module
 */
export { openSpool } from "./open_spool.ts";
export type { SpoolOptions } from "./open_spool.ts";
export type { SpoolDeps } from "./stored_spool.ts";
export type { Spool, SpooledReading, WaitingReading } from "./spool.ts";

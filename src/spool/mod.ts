/**
 * Readings that wait until their stream has them, in memory or in a file of their own, bounded by age and size.
 *
 * @module
 */
export { openSpool } from "./open_spool.ts";
export type { SpoolOptions } from "./open_spool.ts";
export type { SpoolDeps } from "./stored_spool.ts";
export type { Spool, SpooledReading, WaitingReading } from "./spool.ts";

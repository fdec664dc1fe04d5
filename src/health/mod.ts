/**
 * The health of the process: journal, disk and clock.
 *
 * @module
 */
export { clockSynchronised } from "./clock_sync.ts";
export type { NodeFault, NodeFaultSubType } from "./node_faults.ts";
export { nodeFaultKinds } from "./node_faults.ts";
export type { NodeHealthOptions, NodeLimits } from "./node_health.ts";
export { NodeHealth } from "./node_health.ts";
export { type NodeFigures, NodeValues, type NodeValuesSource } from "./node_values.ts";
export { nodeProblems } from "./node_problems.ts";

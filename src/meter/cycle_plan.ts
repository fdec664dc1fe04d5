import type { MeterOptions } from "./meter_options.ts";
import {
  energyReads,
  liveReads,
  type PlannedRead,
  type ReadCost,
  signedMapRead,
  temperatureRead,
} from "./read_plan.ts";
import { deviceState } from "./registers.ts";
import type { Identity } from "./types.ts";

/** Values that are read together, and how often. */
export interface PlannedGroup {
  /** In words: `live values`. */
  readonly what: string;
  /** Mean time between two of these reads in milliseconds. */
  readonly everyMs: number;
  readonly reads: readonly PlannedRead[];
}

/** The intervals of a meter's values. */
export type PlanOptions = Pick<
  MeterOptions,
  | "liveMeasurementIntervalMs"
  | "energyIntervalMs"
  | "temperatureIntervalMs"
  | "signedValueIntervalMs"
  | "deviceStateReadIntervalMs"
  | "publishSignedValues"
>;

/** What a meter that is at rest reads on its line, as {@linkcode Meter} does it: without transactions and the clock. */
export function planCycle(
  { family, billing }: Pick<Identity, "family" | "billing">,
  options: PlanOptions,
  cost: ReadCost,
): PlannedGroup[] {
  const { liveMeasurementIntervalMs: liveMs, publishSignedValues } = options;
  // What is due more often than the readings has its turn in each of them.
  const within = (intervalMs: number) => Math.max(liveMs, intervalMs);
  const groups: PlannedGroup[] = [
    { what: "live values", everyMs: liveMs, reads: liveReads(family, cost) },
    { what: "energies", everyMs: within(options.energyIntervalMs), reads: energyReads(family, cost) },
  ];
  if (family === "em300") return groups;
  groups.push({ what: "temperature", everyMs: within(options.temperatureIntervalMs), reads: [temperatureRead] });
  if (publishSignedValues === "every" && billing.able) {
    const reads = [signedMapRead(billing.keyBits)];
    groups.push({ what: "signed live map", everyMs: within(options.signedValueIntervalMs), reads });
  }
  const reads = [{ start: deviceState.at, words: 1 }];
  groups.push({ what: "device state", everyMs: options.deviceStateReadIntervalMs, reads });
  return groups;
}

/** The share of a line's time that groups take, 0 and more; above 1 the line cannot carry them. */
export function lineShare(groups: readonly PlannedGroup[], costMs: ReadCost): number {
  return groups.reduce((share, { everyMs, reads }) => share + groupCost(reads, costMs) / everyMs, 0);
}

/** What a group's reads cost together. */
export function groupCost(reads: readonly PlannedRead[], cost: ReadCost): number {
  return reads.reduce((sum, { words }) => sum + cost(words), 0);
}

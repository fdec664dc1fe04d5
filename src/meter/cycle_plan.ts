import type { MeterSettings } from "../base/meter_settings.ts";
import { energyReads, fieldRead, liveReads, type PlannedRead, type ReadCost, signedMapRead } from "./read_plan.ts";
import type { Identity } from "./types.ts";

/** Values that are read together, and how often. */
export interface PlannedGroup {
  /** In words: `live values`. */
  readonly what: string;
  /** Mean time between two of these reads in milliseconds. */
  readonly everyMs: number;
  readonly reads: readonly PlannedRead[];
  /** True: part of a reading; false: read beside it. */
  readonly ofReading: boolean;
}

/** The intervals of a meter's values. */
export type PlanOptions = Pick<
  MeterSettings,
  | "liveMeasurementIntervalMs"
  | "energyIntervalMs"
  | "temperatureIntervalMs"
  | "signedValueIntervalMs"
  | "deviceStateReadIntervalMs"
  | "publishSignedValues"
  | "extendedValues"
>;

/** What a meter that is at rest reads on its line, as {@linkcode Meter} does it: without transactions and the clock. */
export function planCycle(
  { layout, billing }: Pick<Identity, "layout" | "billing">,
  options: PlanOptions,
  cost: ReadCost,
): PlannedGroup[] {
  const { liveMeasurementIntervalMs: liveMs, publishSignedValues } = options;
  const { temperature, deviceState } = layout.model;
  const group = (what: string, intervalMs: number, reads: readonly PlannedRead[]): PlannedGroup => (
    // What is due more often than the readings has its turn in each of them.
    { what, everyMs: Math.max(liveMs, intervalMs), reads, ofReading: true }
  );
  const groups = [
    group("live values", liveMs, liveReads(layout.model)),
    ...(layout.energies === undefined
      ? []
      : [group("energies", options.energyIntervalMs, energyReads(layout, cost, options.extendedValues))]),
  ];
  if (temperature !== undefined) {
    groups.push(group("temperature", options.temperatureIntervalMs, [fieldRead(temperature)]));
  }
  if (publishSignedValues === "every" && billing.able) {
    groups.push(group("signed live map", options.signedValueIntervalMs, [signedMapRead(billing.keyBits)]));
  }
  if (deviceState !== undefined) {
    const reads = [fieldRead(deviceState.field)];
    groups.push({ what: "device state", everyMs: options.deviceStateReadIntervalMs, reads, ofReading: false });
  }
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

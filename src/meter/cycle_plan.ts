import type { MeterSettings } from "../base/meter_settings.ts";
import { energyReads, fieldRead, liveReads, type PlannedRead, type ReadCost, signedMapRead } from "./read_plan.ts";
import { maxUnreadMs } from "./recognition.ts";
import type { Identity } from "./types.ts";

/** Values that are read together, and their interval. */
export interface PlannedGroup {
  /** Name for people: `live values`. */
  readonly what: string;
  /** Mean time between two of these reads in milliseconds. */
  readonly everyMs: number;
  readonly reads: readonly PlannedRead[];
  /** True: part of a reading; false: read separately. */
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

/** The reads of a meter without transactions and clock writes, as {@linkcode Meter} performs them. */
export function planCycle(
  { layout, billing }: Pick<Identity, "layout" | "billing">,
  options: PlanOptions,
  cost: ReadCost,
): PlannedGroup[] {
  const { liveMeasurementIntervalMs: liveMs, publishSignedValues } = options;
  const { temperature, deviceState } = layout.model;
  const group = (what: string, intervalMs: number, reads: readonly PlannedRead[]): PlannedGroup => (
    // Values with a shorter interval than the readings are read in each of them
    { what, everyMs: Math.max(liveMs, intervalMs), reads, ofReading: true }
  );
  const groups = [
    group("live values", liveMs, liveReads(layout.model)),
    ...(layout.energies === undefined
      ? []
      : [group("energies", options.energyIntervalMs, energyReads(layout, cost, options.extendedValues))]),
  ];
  if (liveMs > maxUnreadMs) groups.push(group("serial number", liveMs, [fieldRead(layout.model.serialNumber[0])]));
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

/** The share of a line's time that groups need, 0 or more; above 1 the line is overloaded. */
export function lineShare(groups: readonly PlannedGroup[], costMs: ReadCost): number {
  return groups.reduce((share, { everyMs, reads }) => share + groupCost(reads, costMs) / everyMs, 0);
}

/** Total cost of the reads of a group. */
export function groupCost(reads: readonly PlannedRead[], cost: ReadCost): number {
  return reads.reduce((sum, { words }) => sum + cost(words), 0);
}

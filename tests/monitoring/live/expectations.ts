import type { MetricsPage } from "../metrics_page.ts";

/** The values of a page, by series. */
export type Values = MetricsPage["values"];

/** A condition on a page. */
export type IsExpected = (values: Values) => boolean;

/** The value of the one series with this name and these labels; undefined: there is none. */
export function valueOf(
  values: Values,
  metric: string,
  labels: Readonly<Record<string, string>> = {},
): number | undefined {
  const wanted = Object.entries(labels).map(([name, value]) => `${name}="${value}"`);
  const found = [...values].filter(([series]) =>
    (series === metric || series.startsWith(`${metric}{`)) && wanted.every((label) => series.includes(label))
  );
  if (found.length > 1) throw new Error(`${metric} ${wanted} has ${found.length} series`);
  return found[0]?.[1];
}

/** Each of these meters is in this state. */
export const inState = (state: "online" | "offline", ...meters: string[]): IsExpected => (values) =>
  meters.every((meter) => valueOf(values, "wattseal_meter_state", { meter, state }) === 1);

/** Each of these meters is online and has been read since. */
export const working = (...meters: string[]): IsExpected => (values) =>
  inState("online", ...meters)(values) &&
  meters.every((meter) => valueOf(values, "wattseal_meter_reading_age_seconds", { meter }) !== undefined);

/** The meter has this fault. */
export const meterFault = (meter: string, fault: string): IsExpected => (values) =>
  valueOf(values, "wattseal_meter_fault_active", { meter, fault }) === 1;

/** The node has this fault, or does not have it. */
export const nodeFault = (fault: string, active = true): IsExpected => (values) =>
  valueOf(values, "wattseal_node_fault_active", { fault }) === Number(active);

/** NATS is connected, or is not connected. */
export const natsConnected = (connected = true): IsExpected => (values) =>
  valueOf(values, "wattseal_nats_connected") === Number(connected);

/** So many records are not delivered. */
export const undelivered = (count: number): IsExpected => (values) =>
  valueOf(values, "wattseal_records_undelivered") === count;

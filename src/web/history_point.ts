import { powermeterSchema } from "../contract/mod.ts";
import type { HistoryPoint } from "../view/mod.ts";

/** The fields of a reading that a history has. */
const pointSchema = powermeterSchema.pick({ timestamp: true, power_W: true, voltage_V: true });

/** The point of a reading; empty if the payload is no reading, or has neither power nor voltage. */
export function historyPoint(payload: unknown): [] | [HistoryPoint] {
  const parsed = pointSchema.safeParse(payload);
  if (!parsed.success) return [];
  const { timestamp, power_W: power, voltage_V: voltage } = parsed.data;
  const phases = Object.entries(voltage ?? {}).filter(([, volts]) => volts !== undefined);
  if (power?.total === undefined && phases.length === 0) return [];
  return [{
    at: Date.parse(timestamp),
    ...(power?.total === undefined ? {} : { powerW: power.total }),
    ...(phases.length === 0 ? {} : { voltageV: Object.fromEntries(phases) }),
  }];
}

import type { MeterRow, NodeRow, ShownFault } from "../../src/view/mod.ts";

/** A meter that is online. */
export function meterRow(values: Partial<MeterRow> = {}): MeterRow {
  return { site: "berlin", meter: "evse-1", state: "online", faults: [], ...values };
}

/** A process without problems. */
export function nodeRow(values: Partial<NodeRow> = {}): NodeRow {
  return {
    site: "berlin",
    instance: "one",
    version: "0.1.0",
    state: "online",
    startedAt: "2026-01-31T08:00:00.000Z",
    isLost: false,
    undeliveredRecords: 0,
    spooledReadings: 0,
    droppedReadings: 0,
    faults: [],
    problems: [],
    lines: [],
    ...values,
  };
}

/** An active fault. */
export function shownFault(subType: string, severity: string): ShownFault {
  return { subType, severity, message: `${subType} is raised`, since: "2026-01-31T08:00:00.000Z" };
}

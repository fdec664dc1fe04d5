import { timestamp } from "../base/time.ts";
import { version } from "../base/version.ts";
import { type NodeFault, nodeFaultKinds, type NodeHealth } from "../health/mod.ts";
import { linePayloads, type LineReport } from "./line_report.ts";
import { faultPayload } from "./payloads.ts";
import type { NodeStatusPayload } from "./schemas.ts";

/** How often a process reports, in milliseconds. */
export const beatMs = 30_000;

/** A process is taken for dead when it missed three reports. */
const lifeMs = 3 * beatMs;

/** What a process reports of itself. */
export interface NodeParts {
  readonly startedAtMs: number;
  readonly state: NodeStatusPayload["state"];
  readonly lines: readonly LineReport[];
  readonly meters: NodeStatusPayload["meters"];
  readonly undeliveredRecords: number;
  readonly spooledReadings: number;
  readonly droppedReadings: number;
  readonly health: Pick<NodeHealth, "faults" | "clockSynchronised">;
  /** Wall clock in milliseconds. */
  readonly atMs: number;
}

/** The payload of `_node.status`; a process that has stopped is not alive any more. */
export function nodeStatusPayload(parts: NodeParts): NodeStatusPayload {
  const { clockSynchronised, faults } = parts.health;
  const { lines, meter_stats: meterStats } = linePayloads(parts.lines);
  return {
    version,
    started_at: timestamp(parts.startedAtMs),
    state: parts.state,
    lines,
    meters: parts.meters,
    meter_stats: meterStats,
    undelivered_records: parts.undeliveredRecords,
    spooled_readings: parts.spooledReadings,
    dropped_readings: parts.droppedReadings,
    ...(clockSynchronised === undefined ? {} : { clock_synchronised: clockSynchronised }),
    faults: faults.map(statusFault),
    expires_at: timestamp(parts.state === "stopped" ? parts.atMs : parts.atMs + lifeMs),
  };
}

function statusFault(fault: NodeFault): NodeStatusPayload["faults"][number] {
  const { timestamp: _, ...payload } = faultPayload(fault, nodeFaultKinds);
  return payload;
}

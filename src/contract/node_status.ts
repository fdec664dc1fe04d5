import type { NodeIdentity } from "../base/node_identity.ts";
import { type Time, timestamp } from "../base/time.ts";
import { version } from "../base/version.ts";
import { type NodeFault, nodeFaultKinds, type NodeHealth } from "../health/mod.ts";
import type { LiveJournal } from "../journal/mod.ts";
import type { Spool } from "../spool/mod.ts";
import { linePayloads, type LineReport } from "./line_report.ts";
import { faultPayload } from "./payloads.ts";
import type { ServedMeter } from "./served_meter.ts";
import type { NodeStatusPayload } from "./node_schemas.ts";

/** Interval of the status reports of a process, in milliseconds. */
export const beatMs = 30_000;

/** A process counts as dead after three missing reports. */
const lifeMs = 3 * beatMs;

/** The parts of a status report. */
export interface NodeStatusSource {
  readonly identity: NodeIdentity;
  /** The present state of the lines. */
  readonly lines: () => readonly LineReport[];
  readonly meters: Iterable<Pick<ServedMeter, "name" | "meter">>;
  readonly journal: Pick<LiveJournal, "undelivered">;
  readonly spool: Pick<Spool, "size" | "dropped">;
  readonly health: Pick<NodeHealth, "faults" | "clockSynchronised">;
  readonly time: Pick<Time, "now">;
  /** Changes of the configuration that wait for the end of a transaction, each as a text. @default none */
  readonly waitingChanges?: (() => readonly string[]) | undefined;
  /** Problems with NATS. */
  readonly problems: () => readonly string[];
}

/**
 * The payload of `_node.status`. A stopped process is no longer alive.
 *
 * @param startedAtMs wall clock in milliseconds
 * @throws {JournalError} the journal cannot be read
 */
export function nodeStatusPayload(
  { identity, lines, meters, journal, spool, health, time, waitingChanges, problems }: NodeStatusSource,
  state: NodeStatusPayload["state"],
  startedAtMs: number,
): NodeStatusPayload {
  const { clockSynchronised, faults } = health;
  const { lines: linesNow, meter_stats: meterStats } = linePayloads(lines());
  const waiting = waitingChanges?.() ?? [];
  const leftMs = state === "stopped" ? 0 : lifeMs;
  return {
    version,
    ...identity,
    started_at: timestamp(startedAtMs),
    state,
    lines: linesNow,
    meters: Object.fromEntries([...meters].map(({ name, meter }) => [name, state === "stopped" ? state : meter.state])),
    meter_stats: meterStats,
    undelivered_records: journal.undelivered(),
    spooled_readings: spool.size,
    dropped_readings: spool.dropped,
    ...(clockSynchronised === undefined ? {} : { clock_synchronised: clockSynchronised }),
    faults: faults.map(statusFault),
    nats: { problems: [...problems()] },
    ...(waiting.length === 0 ? {} : { waiting_changes: [...waiting] }),
    ttl_s: leftMs / 1000,
    expires_at: timestamp(time.now() + leftMs),
  };
}

function statusFault(fault: NodeFault): NodeStatusPayload["faults"][number] {
  const { timestamp: _, ...payload } = faultPayload(fault, nodeFaultKinds);
  return payload;
}

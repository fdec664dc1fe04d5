import type { FaultPayload, NodeStatusPayload } from "../contract/mod.ts";
import type { FleetMeter, FleetNode } from "../fleet/mod.ts";
import type { LineRow, MeterRow, NodeRow, ShownFault, ShownState } from "../view/mod.ts";

/** A node, and whether it has not reported in time. */
export interface WatchedNode extends FleetNode {
  readonly isLost: boolean;
}

/** A meter as the page shows it. @param node that of its site */
export function meterRow(
  { site, meter, status, reading, faults }: FleetMeter,
  node: WatchedNode | undefined,
): MeterRow {
  const { since, model, firmware, transaction } = status ?? {};
  const meterId = status?.meter_id ?? reading?.meter_id;
  return {
    site,
    meter,
    state: shownState(status?.state, reading !== undefined, node),
    ...defined({ since, meterId, model }),
    ...(firmware && { firmware: defined(firmware) }),
    ...defined({
      powerW: reading?.power_W?.total,
      importWh: reading?.energy_Wh_import?.total,
      exportWh: reading?.energy_Wh_export?.total,
      readingAt: reading?.timestamp,
    }),
    ...(transaction && { transaction: { state: transaction.state, ...defined({ id: transaction.transaction_id }) } }),
    faults: shownFaults([...faults.values()]),
    ...defined({ version: node?.status.version }),
  };
}

/** A node as the page shows it. */
export function nodeRow({ site, status, isLost }: WatchedNode): NodeRow {
  return {
    site,
    instance: status.instance ?? "",
    version: status.version,
    state: status.state,
    startedAt: status.started_at,
    isLost,
    undeliveredRecords: status.undelivered_records,
    spooledReadings: status.spooled_readings,
    droppedReadings: status.dropped_readings,
    faults: shownFaults(status.faults.filter(({ active }) => active)),
    problems: status.nats?.problems ?? [],
    lines: status.lines.map(lineRow),
  };
}

function shownState(
  state: ShownState | undefined,
  hasReading: boolean,
  node: WatchedNode | undefined,
): ShownState {
  if (node?.isLost === true && state !== "stopped") return "lost";
  return state ?? (hasReading ? "online" : "connecting");
}

function lineRow(
  { name, state, utilisation, exchanges, errors, ...rest }: NodeStatusPayload["lines"][number],
): LineRow {
  const { errors_by_kind: errorsByKind, latency_ms: latencyMs } = rest;
  return { name, state, utilisation, exchanges, errors, errorsByKind, ...defined({ latencyMs }) };
}

const severities = ["High", "Medium", "Low"];

function shownFaults(faults: readonly Omit<FaultPayload, "timestamp">[]): ShownFault[] {
  return faults
    .map(({ sub_type: subType, severity, message, since }) => ({ subType, severity, message, since }))
    .sort((one, other) =>
      severities.indexOf(one.severity) - severities.indexOf(other.severity) || (one.subType < other.subType ? -1 : 1)
    );
}

/** The members that are not undefined. */
function defined<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

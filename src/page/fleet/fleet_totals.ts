import { compareNames } from "../../base/natural_order.ts";
import type { MeterRow, NodeRow } from "../../view/mod.ts";
import { hasNodeProblem, hasProblem, isCharging } from "./meter_state.ts";

/** Sums over the meters and nodes of the page. */
export interface FleetTotals {
  readonly meters: number;
  readonly online: number;
  readonly charging: number;
  /** Meters with a problem. */
  readonly problems: number;
  /** Of the meters that are online, in watts; undefined: none of them has a reading. */
  readonly powerW: number | undefined;
  /** In watt-hours; undefined: no meter has a reading. */
  readonly importWh: number | undefined;
  readonly nodes: number;
  /** Nodes with a problem. */
  readonly nodeProblems: number;
  /** Records that wait for delivery. */
  readonly undeliveredRecords: number;
  /** Numbers of nodes by the version of their service, the newest first. */
  readonly versions: readonly { readonly version: string; readonly nodes: number }[];
}

/** Sums of meters and of nodes. */
export function fleetTotals(meters: readonly MeterRow[], nodes: readonly NodeRow[]): FleetTotals {
  const online = meters.filter(({ state }) => state === "online");
  const versions = new Map<string, number>();
  for (const { version } of nodes) versions.set(version, (versions.get(version) ?? 0) + 1);
  return {
    meters: meters.length,
    online: online.length,
    charging: count(meters, isCharging),
    problems: count(meters, hasProblem),
    powerW: sumOfKnown(online.map(({ powerW }) => powerW)),
    importWh: sumOfKnown(meters.map(({ importWh }) => importWh)),
    nodes: nodes.length,
    nodeProblems: count(nodes, hasNodeProblem),
    undeliveredRecords: sum(nodes.map(({ undeliveredRecords }) => undeliveredRecords)),
    versions: [...versions].map(([version, nodes]) => ({ version, nodes }))
      .sort((one, other) => compareNames(other.version, one.version)),
  };
}

function count<Row>(rows: readonly Row[], holds: (row: Row) => boolean): number {
  return rows.reduce((total, row) => total + (holds(row) ? 1 : 0), 0);
}

function sumOfKnown(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : sum(known);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

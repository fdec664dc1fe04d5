import { countText } from "../base/text.ts";
import { openStates } from "../journal/mod.ts";
import type { FleetRow, NodeRow } from "./fleet_rows.ts";

/** What the line of totals describes. */
export interface TotalsOf {
  /** The meters that match the filter. */
  readonly rows: readonly FleetRow[];
  readonly nodes: readonly NodeRow[];
  /** All meters. */
  readonly allMeters: number;
  /** Whether the connection to NATS is lost. */
  readonly isStale: boolean;
}

/** The totals of the shown meters, and the number of meters and nodes with problems. */
export function totalsText({ rows, nodes, allMeters, isStale }: TotalsOf): string {
  const present = rows.filter(({ shownState }) => shownState === "online");
  // A finished transaction stays in the status until the next one
  const charging = rows.filter(({ status }) => openStates.some((open) => open === status?.transaction.state)).length;
  const powerW = sum(present.map(({ reading }) => reading?.power_W?.total));
  const energyWh = sum(rows.map(({ reading }) => reading?.energy_Wh_import?.total));
  const problems = [...rows, ...nodes].filter(({ hasProblem }) => hasProblem).length;
  const meters = countText(allMeters, "meter");
  return [
    rows.length === allMeters ? meters : `${rows.length} of ${meters}`,
    `${charging} charging`,
    isStale ? "power unknown" : `${(powerW / 1000).toFixed(1)} kW`,
    `${(energyWh / 1000).toFixed(1)} kWh import`,
    problems === 0 ? "no problems" : countText(problems, "problem"),
  ].join("  ");
}

function sum(values: readonly (number | undefined)[]): number {
  return values.reduce<number>((total, value) => total + (value ?? 0), 0);
}

import { printable } from "../base/text.ts";
import { age } from "./age_text.ts";
import type { FleetRow } from "./fleet_rows.ts";
import { type Column, decimals, widthOf } from "./text_table.ts";

/** A column of the table of the fleet. */
export interface FleetColumn extends Column {
  readonly cell: (row: FleetRow) => string;
  /**
   * If the terminal is too narrow, the column with the lowest priority is removed first. A column without one stays.
   */
  readonly priority?: number;
}

/** Options of the columns. */
export interface ColumnOptions {
  /** Width of the terminal; `Infinity`: no limit. */
  readonly width: number;
  /** Whether to show the version of the service. */
  readonly versions: boolean;
}

/** Names have the width of the longest one, up to this. */
const maxNameWidth = 16;
const minFaultWidth = 20;

const state: FleetColumn = { title: "state", width: 10, side: "left", cell: ({ shownState }) => shownState };
const version: FleetColumn = {
  title: "version",
  width: 10,
  side: "left",
  priority: 5,
  cell: ({ version }) => version ?? "unknown",
};
const values: readonly FleetColumn[] = [
  { title: "age", width: 7, side: "right", priority: 4, cell: ({ ageMs }) => ageMs === undefined ? "" : age(ageMs) },
  {
    title: "W total",
    width: 8,
    side: "right",
    priority: 3,
    cell: ({ reading }) => decimals(reading?.power_W?.total, 1),
  },
  { title: "A L1", width: 7, side: "right", priority: 1, cell: ({ reading }) => decimals(reading?.current_A?.L1, 3) },
  {
    title: "Wh import",
    width: 11,
    side: "right",
    priority: 2,
    cell: ({ reading }) => decimals(reading?.energy_Wh_import?.total, 0),
  },
  { title: "transaction", width: 17, side: "left", priority: 7, cell: transactionText },
];
/** The last column; it gets the remaining width. */
const faultColumn: FleetColumn = {
  title: "faults",
  width: 60,
  side: "left",
  cell: ({ faults }) => [...faults.keys()].join(", "),
};

/** The columns that fit: the least important ones are removed until the faults have enough room. */
export function fleetColumns(rows: readonly FleetRow[], { width, versions }: ColumnOptions): FleetColumn[] {
  const all = [
    ...nameColumns(rows),
    state,
    ...(versions ? [version] : []),
    ...values,
  ];
  let chosen = all;
  const removable = all.filter(({ priority }) => priority !== undefined);
  for (const lowest of removable.toSorted((one, other) => (one.priority ?? 0) - (other.priority ?? 0))) {
    if (widthOf([...chosen, { width: minFaultWidth }]) <= width) break;
    chosen = chosen.filter((column) => column !== lowest);
  }
  const left = width - widthOf([...chosen, { width: 0 }]);
  return [...chosen, { ...faultColumn, width: Math.max(1, Math.min(faultColumn.width, left)) }];
}

function nameColumns(rows: readonly FleetRow[]): FleetColumn[] {
  const isOneSite = new Set(rows.map(({ site }) => site)).size <= 1;
  const longest = (title: string, names: readonly string[]) =>
    Math.min(maxNameWidth, names.reduce((most, name) => Math.max(most, printable(name).length), title.length));
  return [
    {
      title: "site",
      width: longest("site", rows.map(({ site }) => site)),
      side: "left",
      // The lines of the nodes name a single site, too
      priority: isOneSite ? 0 : 6,
      cell: ({ site }) => site,
    },
    {
      title: "meter",
      width: longest("meter", rows.map(({ meter }) => meter)),
      side: "left",
      cell: ({ meter }) => meter,
    },
  ];
}

function transactionText({ status }: FleetRow): string {
  const { state, transaction_id: id } = status?.transaction ?? { state: "idle" };
  return state === "idle" ? "" : [state, id?.slice(0, 8)].join(" ");
}

import { type Fleet, type FleetMeter, type FleetNode, isLost } from "../fleet/mod.ts";
import { type Column, cutText, decimals, textTable, widthOf } from "./text_table.ts";

/** The data of a row. */
interface Row extends FleetMeter {
  readonly isLost: boolean;
  readonly monoMs: number;
}

interface FleetColumn extends Column {
  readonly cell: (row: Row) => string;
  /**
   * If the terminal is too narrow, the column with the lowest priority is removed first. A column without one stays.
   */
  readonly priority?: number;
}

const columns: readonly FleetColumn[] = [
  { title: "site", width: 12, side: "left", priority: 6, cell: ({ site }) => site },
  { title: "meter", width: 12, side: "left", cell: ({ meter }) => meter },
  {
    title: "state",
    width: 10,
    side: "left",
    cell: ({ isLost, status }) => isLost ? "node lost" : status?.state ?? "",
  },
  {
    title: "age",
    width: 6,
    side: "right",
    priority: 5,
    cell: ({ readingAtMs, monoMs }) => readingAtMs === undefined ? "" : age(monoMs - readingAtMs),
  },
  {
    title: "W total",
    width: 8,
    side: "right",
    priority: 4,
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
  { title: "transaction", width: 17, side: "left", priority: 3, cell: transactionText },
];
/** The last column; it gets the remaining width. */
const faultColumn: FleetColumn = {
  title: "faults",
  width: 60,
  side: "left",
  cell: ({ faults }) => [...faults.keys()].join(", "),
};
const minFaultWidth = 20;

/** Options of the table. */
export interface FleetTableOptions {
  /** Size of the terminal; 0 if the terminal does not know it. */
  readonly size?: { readonly rows: number; readonly columns: number } | undefined;
  /** Description of the subscription. @default "any site" */
  readonly requested?: string;
}

/**
 * Formats the fleet as a table of its meters, with its nodes below. If the terminal is too small, the least important
 * columns are removed, and the remaining meters are only counted.
 *
 * @param monoMs the local monotonic clock in milliseconds
 */
export function fleetTable(
  fleet: Fleet,
  monoMs: number,
  { size, requested = "any site" }: FleetTableOptions = {},
): string[] {
  const [rows, width] = [size?.rows || Infinity, size?.columns || Infinity];
  const nodes = new Map(fleet.nodes.map((node) => [node.site, node]));
  const foot = ["", ...fleet.nodes.map((node) => nodeText(node, monoMs))];
  const { meters } = fleet;
  const shown = meters.slice(0, Math.max(1, rows - foot.length - 4)).map((meter) => {
    const node = nodes.get(meter.site);
    return { ...meter, monoMs, isLost: node !== undefined && isLost(node, monoMs) };
  });
  const more = meters.length - shown.length;
  const fittingColumns = columnsFor(width);
  return [
    ...textTable(fittingColumns, shown.map((row) => fittingColumns.map(({ cell }) => cell(row)))),
    ...(meters.length > 0
      ? []
      : [`Nothing received yet from ${requested}`, "Check the name, and that the node runs and uses this NATS"]),
    ...(more > 0 ? [`... and ${more} more: use --site or --meter to show fewer`] : []),
    ...foot,
  ].map((line) => cutText(line, width));
}

/** Removes columns until the faults fit. */
function columnsFor(width: number): FleetColumn[] {
  let chosen = [...columns];
  const removable = columns.filter(({ priority }) => priority !== undefined);
  for (const lowest of removable.toSorted((one, other) => (one.priority ?? 0) - (other.priority ?? 0))) {
    if (widthOf([...chosen, { width: minFaultWidth }]) <= width) break;
    chosen = chosen.filter((column) => column !== lowest);
  }
  const left = width - widthOf([...chosen, { width: 0 }]);
  return [...chosen, { ...faultColumn, width: Math.max(1, Math.min(faultColumn.width, left)) }];
}

function transactionText({ status }: Row): string {
  const { state, transaction_id: id } = status?.transaction ?? { state: "idle" };
  return state === "idle" ? "" : [state, id?.slice(0, 8)].join(" ");
}

function nodeText(node: FleetNode, monoMs: number): string {
  const { site, status, receivedAtMs } = node;
  const details = [
    ...status.faults.map((fault) => fault.sub_type),
    status.undelivered_records > 0 && `${status.undelivered_records} records not yet delivered`,
    status.spooled_readings > 0 && `${status.spooled_readings} readings in the spool`,
    ...status.lines.map(({ name, state, utilisation }) =>
      state === "open" ? `${name} ${Math.round(utilisation * 100)} % busy` : `${name} closed`
    ),
  ].filter((text) => text !== false);
  const state = isLost(node, monoMs) ? `lost, last status ${age(monoMs - receivedAtMs)} ago` : status.state;
  return [`node ${site}  ${state}  version ${status.version}`, ...details].join("  ");
}

/** Formats a duration: `0.5 s`, `12 min`, `3 h`. */
export function age(ms: number): string {
  const seconds = Math.max(0, ms / 1000);
  if (seconds < 100) return `${seconds.toFixed(1)} s`;
  return seconds < 6000 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}

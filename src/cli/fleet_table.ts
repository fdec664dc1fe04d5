import { type Fleet, type FleetMeter, type FleetNode, isLost } from "../fleet/mod.ts";
import { type Column, cutText, decimals, textTable, widthOf } from "./text_table.ts";

/** What the cells of a row are made of. */
interface Row extends FleetMeter {
  readonly isLost: boolean;
  readonly monoMs: number;
}

interface FleetColumn extends Column {
  readonly cell: (row: Row) => string;
  /** Where there is no room for all, the lowest goes first; a column without it stays. */
  readonly worth?: number;
}

const columns: readonly FleetColumn[] = [
  { title: "site", width: 12, side: "left", worth: 6, cell: ({ site }) => site },
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
    worth: 5,
    cell: ({ readingAtMs, monoMs }) => readingAtMs === undefined ? "" : age(monoMs - readingAtMs),
  },
  { title: "W total", width: 8, side: "right", worth: 4, cell: ({ reading }) => decimals(reading?.power_W?.total, 1) },
  { title: "A L1", width: 7, side: "right", worth: 1, cell: ({ reading }) => decimals(reading?.current_A?.L1, 3) },
  {
    title: "Wh import",
    width: 11,
    side: "right",
    worth: 2,
    cell: ({ reading }) => decimals(reading?.energy_Wh_import?.total, 0),
  },
  { title: "transaction", width: 17, side: "left", worth: 3, cell: transactionText },
];
/** Stands last, in what room is left. */
const faultColumn: FleetColumn = {
  title: "faults",
  width: 60,
  side: "left",
  cell: ({ faults }) => [...faults.keys()].join(", "),
};
const leastFaultWidth = 20;

/** How a table is to be. */
export interface FleetTableOptions {
  /** What there is room for; a terminal that does not know its own size says 0. */
  readonly size?: { readonly rows: number; readonly columns: number } | undefined;
  /** What is listened for, in words. @default "any site" */
  readonly wanted?: string;
}

/**
 * The fleet as a table: its meters, and below them its processes. Where there is not room for all, the columns that
 * matter least are left out, and meters are counted instead.
 *
 * @param monoMs our monotonic clock in milliseconds
 */
export function fleetTable(
  fleet: Fleet,
  monoMs: number,
  { size, wanted = "any site" }: FleetTableOptions = {},
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
  const fitting = columnsFor(width);
  return [
    ...textTable(fitting, shown.map((row) => fitting.map(({ cell }) => cell(row)))),
    ...(meters.length > 0
      ? []
      : [`nothing received yet from ${wanted}`, "check the name, and that its node runs and is on this NATS"]),
    ...(more > 0 ? [`... and ${more} more: narrow them down with --site or --meter`] : []),
    ...foot,
  ].map((line) => cutText(line, width));
}

/** Leaves out columns until there is room for faults. */
function columnsFor(width: number): FleetColumn[] {
  let chosen = [...columns];
  const expendable = columns.filter(({ worth }) => worth !== undefined);
  for (const least of expendable.toSorted((one, other) => (one.worth ?? 0) - (other.worth ?? 0))) {
    if (widthOf([...chosen, { width: leastFaultWidth }]) <= width) break;
    chosen = chosen.filter((column) => column !== least);
  }
  const left = width - widthOf([...chosen, { width: 0 }]);
  return [...chosen, { ...faultColumn, width: Math.max(1, Math.min(faultColumn.width, left)) }];
}

function transactionText({ status }: Row): string {
  const { state, transaction_id: id } = status?.transaction ?? { state: "idle" };
  return state === "idle" ? "" : [state, id?.slice(0, 8)].join(" ");
}

function nodeText(node: FleetNode, monoMs: number): string {
  const { site, status, heardAtMs } = node;
  const news = [
    ...status.faults.map((fault) => fault.sub_type),
    status.undelivered_records > 0 && `${status.undelivered_records} records wait for delivery`,
    status.spooled_readings > 0 && `${status.spooled_readings} readings in the spool`,
    ...status.lines.map(({ name, state, utilisation }) =>
      state === "open" ? `${name} ${Math.round(utilisation * 100)} % busy` : `${name} closed`
    ),
  ].filter((text) => text !== false);
  const state = isLost(node, monoMs) ? `lost, last status ${age(monoMs - heardAtMs)} ago` : status.state;
  return [`node ${site}  ${state}  version ${status.version}`, ...news].join("  ");
}

/** A span of time in short: `0.5 s`, `12 min`, `3 h`. */
export function age(ms: number): string {
  const seconds = Math.max(0, ms / 1000);
  if (seconds < 100) return `${seconds.toFixed(1)} s`;
  return seconds < 6000 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}

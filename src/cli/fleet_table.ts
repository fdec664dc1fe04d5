import type { Fleet } from "../fleet/mod.ts";
import { age } from "./age_text.ts";
import { fleetColumns } from "./fleet_columns.ts";
import { fleetRows, type NodeRow, nodeRows, type RowOptions } from "./fleet_rows.ts";
import { totalsText } from "./fleet_totals.ts";
import { cutText, textTable, wrappedText } from "./text_table.ts";

/** Options of the table. */
export interface FleetTableOptions extends RowOptions {
  /** Size of the terminal; 0 if the terminal does not know it. @default no limit */
  readonly size?: { readonly rows: number; readonly columns: number } | undefined;
  /** Description of the subscription. @default "any site" */
  readonly requested?: string;
  /** Whether to show the version of the service of each meter. @default false */
  readonly versions?: boolean;
  /** Lines above the table: problems of the command. @default none */
  readonly banner?: readonly string[];
  /** Last line: the keys. @default none */
  readonly footer?: string | undefined;
}

/** Nodes without a problem may use this part of the screen. */
const nodesShare = 3;
/** The title of the table, the line below it, and the number of meters that are not shown. */
const tableFrame = 3;

/**
 * Formats the fleet as a table of its meters, with totals and nodes below. If the terminal is too small, the least
 * important columns are removed, and the remaining meters and nodes are only counted.
 *
 * @param monoMs the local monotonic clock in milliseconds
 * @returns at most `size.rows` lines of at most `size.columns` characters
 */
export function fleetTable(fleet: Fleet, monoMs: number, options: FleetTableOptions = {}): string[] {
  const { size, requested = "any site", versions = false, footer } = options;
  const [height, width] = [size?.rows || Infinity, size?.columns || Infinity];
  const banner = (options.banner ?? []).flatMap((text) => wrappedText(text, width));
  const allMeters = fleet.meters.length;
  const rows = fleetRows(fleet, monoMs, options);
  const nodes = nodeRows(fleet, monoMs, options);
  const foot = [
    "",
    ...(allMeters === 0 ? [] : [totalsText({ rows, nodes, allMeters, isStale: options.lostAtMs !== undefined })]),
    ...counted(nodes.map(nodeText), Math.max(1, Math.floor(height / nodesShare)), "node"),
    ...(footer === undefined ? [] : [footer]),
  ];
  const shown = rows.slice(0, Math.max(1, height - banner.length - foot.length - tableFrame));
  const columns = fleetColumns(rows, { width, versions });
  const hidden = rows.length - shown.length;
  const body = [
    ...textTable(columns, shown.map((row) => columns.map(({ cell }) => cell(row)))),
    ...(rows.length > 0 ? [] : emptyText(allMeters, requested).flatMap((text) => wrappedText(text, width))),
    ...(hidden > 0 ? [`... and ${hidden} more: use --site, --meter or a filter to show fewer`] : []),
  ];
  // A very low terminal keeps the last line, which names the keys
  const room = Math.max(0, height - banner.length - body.length);
  const lines = [...banner, ...body, ...(room < foot.length && room > 0 ? foot.slice(-room) : foot.slice(0, room))];
  return lines.slice(0, height).map((line) => cutText(line, width));
}

function emptyText(allMeters: number, requested: string): string[] {
  return allMeters > 0
    ? ["No meter matches the filter"]
    : [`Nothing received yet from ${requested}`, "Check the name, and that the node runs and uses this NATS"];
}

/** The first lines, and the number of the others. */
function counted(lines: readonly string[], max: number, what: string): string[] {
  if (lines.length <= max) return [...lines];
  const shown = lines.slice(0, max - 1);
  return [...shown, `... and ${lines.length - shown.length} more ${what}s`];
}

function nodeText({ site, status, isLost, ageMs }: NodeRow): string {
  const details = [
    ...status.faults.map((fault) => fault.sub_type),
    status.undelivered_records > 0 && `${status.undelivered_records} records not yet delivered`,
    status.spooled_readings > 0 && `${status.spooled_readings} readings in the spool`,
    ...status.lines.map(lineText),
  ].filter((text) => text !== false);
  const state = isLost
    ? `lost, last status ${ageMs === "unknown" ? "at an unknown time" : `${age(ageMs)} ago`}`
    : status.state;
  return [`node ${site}  ${state}  version ${status.version}`, ...details].join("  ");
}

function lineText({ name, state, utilisation, exchanges }: NodeRow["status"]["lines"][number]): string {
  if (state === "closed") return `${name} closed`;
  // The status was published when the line was opened
  return exchanges === 0 ? `${name} open` : `${name} ${Math.round(utilisation * 100)} % busy`;
}

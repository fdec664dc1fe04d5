import { countText } from "../base/text.ts";
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
  /** The shown part of the meters if not all fit; the last part instead of one beyond it. @default 0 */
  readonly page?: number;
  /** How to see the other meters. @default none */
  readonly otherMeters?: string;
}

/** The lines of the table. */
export interface FleetPage {
  readonly lines: string[];
  /** The shown part of the meters. */
  readonly page: number;
}

/** Nodes without a problem may use this part of the screen. */
const nodesShare = 3;
/** The title of the table, the line below it, and which of the meters are shown. */
const tableFrame = 3;

/**
 * Formats the fleet as a table of its meters, with totals and nodes below. If the terminal is too small, the least
 * important columns are removed, one page of the meters is shown, and the remaining nodes are only counted.
 *
 * @param monoMs the local monotonic clock in milliseconds
 * @returns at most `size.rows` lines of at most `size.columns` characters
 */
export function fleetPage(fleet: Fleet, monoMs: number, options: FleetTableOptions = {}): FleetPage {
  const { size, requested = "any site", versions = false, footer, otherMeters } = options;
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
  const perPage = Math.max(1, Math.min(rows.length, height - banner.length - foot.length - tableFrame));
  const pages = Math.max(1, Math.ceil(rows.length / perPage));
  const page = Math.max(0, Math.min(options.page ?? 0, pages - 1));
  // The last page is full, too
  const first = Math.max(0, Math.min(page * perPage, rows.length - perPage));
  const shown = rows.slice(first, first + perPage);
  const columns = fleetColumns(rows, { width, versions });
  const part = `meters ${first + 1} to ${first + perPage} of ${rows.length}`;
  const body = [
    ...textTable(columns, shown.map((row) => columns.map(({ cell }) => cell(row)))),
    ...(rows.length > 0 ? [] : emptyText(allMeters, requested).flatMap((text) => wrappedText(text, width))),
    ...(pages > 1 ? [otherMeters === undefined ? part : `${part}: ${otherMeters}`] : []),
  ];
  // A very low terminal keeps the last line, which names the keys
  const room = Math.max(0, height - banner.length - body.length);
  const lines = [...banner, ...body, ...(room < foot.length && room > 0 ? foot.slice(-room) : foot.slice(0, room))];
  return { lines: lines.slice(0, height).map((line) => cutText(line, width)), page };
}

/** The lines of {@linkcode fleetPage}. */
export function fleetTable(fleet: Fleet, monoMs: number, options: FleetTableOptions = {}): string[] {
  return fleetPage(fleet, monoMs, options).lines;
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
    status.undelivered_records > 0 && `${countText(status.undelivered_records, "record")} not yet delivered`,
    status.spooled_readings > 0 && `${countText(status.spooled_readings, "reading")} in the spool`,
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

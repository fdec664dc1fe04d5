import type { Fleet, FleetMeter, FleetNode } from "./fleet.ts";
import { type Column, decimals, textTable } from "./text_table.ts";

const columns: readonly Column[] = [
  { title: "site", width: 12, side: "left" },
  { title: "meter", width: 12, side: "left" },
  { title: "state", width: 10, side: "left" },
  { title: "age", width: 6, side: "right" },
  { title: "W total", width: 8, side: "right" },
  { title: "A L1", width: 7, side: "right" },
  { title: "Wh import", width: 11, side: "right" },
  { title: "transaction", width: 17, side: "left" },
  { title: "faults", width: 60, side: "left" },
];

/**
 * The fleet as a table: its meters, and below them its processes.
 *
 * @param size what there is room for: lines are cut, and meters that do not fit are counted instead
 */
export function fleetTable(fleet: Fleet, nowMs: number, size = { rows: Infinity, columns: Infinity }): string[] {
  const nodes = new Map(fleet.nodes.map((node) => [node.site, node]));
  const foot = ["", ...fleet.nodes.map((node) => nodeText(node, nowMs))];
  const { meters } = fleet;
  const room = Math.max(1, size.rows - foot.length - 4);
  const shown = meters.slice(0, room);
  const more = meters.length - shown.length;
  return [
    ...textTable(columns, shown.map((meter) => row(meter, nodes.get(meter.site), nowMs))),
    ...(more > 0 ? [`... and ${more} more: narrow them down with --site or --meter`] : []),
    ...foot,
  ].map((line) => line.slice(0, size.columns));
}

function row({ site, meter, status, reading, faults }: FleetMeter, node: FleetNode | undefined, nowMs: number) {
  const { state, transaction_id: id } = status?.transaction ?? { state: "idle" };
  return [
    site,
    meter,
    node !== undefined && isLost(node, nowMs) ? "node lost" : status?.state ?? "",
    reading === undefined ? "" : age(nowMs - Date.parse(reading.timestamp)),
    decimals(reading?.power_W.total, 1),
    decimals(reading?.current_A.L1, 3),
    decimals(reading?.energy_Wh_import?.total, 0),
    state === "idle" ? "" : [state, id?.slice(0, 8)].join(" "),
    [...faults.keys()].join(", "),
  ];
}

/** A process whose time has passed without a word of it. */
function isLost({ status }: FleetNode, nowMs: number): boolean {
  return status !== undefined && status.state !== "stopped" && Date.parse(status.expires_at) < nowMs;
}

function nodeText(node: FleetNode, nowMs: number): string {
  const { site, status } = node;
  if (status === undefined) return `node ${site}`;
  const waiting = [
    status.undelivered_records > 0 && `${status.undelivered_records} records wait for delivery`,
    status.spooled_readings > 0 && `${status.spooled_readings} readings in the spool`,
    ...status.lines.map(({ name, state, utilisation }) =>
      state === "open" ? `${name} ${Math.round(utilisation * 100)} % busy` : `${name} closed`
    ),
    ...status.faults.map((fault) => fault.sub_type),
  ].filter((text) => text !== false);
  const state = isLost(node, nowMs) ? `lost, last heard before ${status.expires_at}` : status.state;
  return [`node ${site}  ${state}  version ${status.version}`, ...waiting].join("  ");
}

function age(ms: number): string {
  const seconds = Math.max(0, ms / 1000);
  if (seconds < 100) return `${seconds.toFixed(1)} s`;
  return seconds < 6000 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}

import { type Fleet, type FleetMeter, type FleetNode, isLost } from "../fleet/mod.ts";

/** The orders of the table; `problems`: meters with problems first. */
export const sortKeys = ["problems", "name", "power", "age"] as const;

/** One of {@linkcode sortKeys}. */
export type SortKey = (typeof sortKeys)[number];

/** Which meters the table shows, and in which order. */
export interface RowOptions {
  /** Text that a row must contain: in its site, meter, state, transaction or a fault. @default "" */
  readonly filter?: string | undefined;
  /** @default "problems" */
  readonly sort?: SortKey | undefined;
  /** When the connection to NATS was lost, by the local monotonic clock; undefined: it is not. */
  readonly lostAtMs?: number | undefined;
  /** When a lost connection was restored: before that, nothing could arrive. @default -Infinity */
  readonly restoredAtMs?: number | undefined;
}

/** A meter as the table shows it. */
export interface FleetRow extends FleetMeter {
  readonly shownState: string;
  /** Milliseconds since the last reading; undefined: there is none; `unknown`: none can arrive. */
  readonly ageMs: number | "unknown" | undefined;
  readonly hasProblem: boolean;
  /** Version of the service; undefined: its node is unknown. */
  readonly version: string | undefined;
}

/** A node as the table shows it. */
export interface NodeRow extends FleetNode {
  readonly isLost: boolean;
  /** Milliseconds since the last status; `unknown`: none can arrive. */
  readonly ageMs: number | "unknown";
  readonly hasProblem: boolean;
}

/**
 * The nodes, those with problems first.
 *
 * @param monoMs the local monotonic clock in milliseconds
 */
export function nodeRows(fleet: Fleet, monoMs: number, options: RowOptions): NodeRow[] {
  const nodes = fleet.nodes.map((node): NodeRow => {
    const lost = isNodeLost(node, monoMs, options);
    const ageMs = options.lostAtMs === undefined ? monoMs - node.receivedAtMs : "unknown";
    return { ...node, isLost: lost, ageMs, hasProblem: lost || hasNodeProblem(node) };
  });
  return nodes.sort(problemsFirst);
}

/**
 * The meters that match the filter, sorted.
 *
 * @param monoMs the local monotonic clock in milliseconds
 */
export function fleetRows(fleet: Fleet, monoMs: number, options: RowOptions): FleetRow[] {
  const nodes = new Map(
    fleet.nodes.map((node) => [node.site, { ...node, isLost: isNodeLost(node, monoMs, options) }]),
  );
  const rows = fleet.meters.map((meter): FleetRow => {
    const node = nodes.get(meter.site);
    const shownState = node?.isLost === true ? "node lost" : meter.status?.state ?? "";
    return {
      ...meter,
      shownState,
      ageMs: ageOf(meter, monoMs, options),
      hasProblem: meter.faults.size > 0 || problemStates.has(shownState),
      version: node?.status.version,
    };
  });
  const filter = options.filter?.toLowerCase() ?? "";
  const matching = filter === "" ? rows : rows.filter((row) => searchText(row).includes(filter));
  return matching.sort(orders[options.sort ?? "problems"]);
}

/** States in which a meter is not served. */
const problemStates: ReadonlySet<string> = new Set(["node lost", "offline"]);

/** The sort is stable: rows that compare equal stay in the order of their names. */
const orders: Readonly<Record<SortKey, (one: FleetRow, other: FleetRow) => number>> = {
  problems: problemsFirst,
  name: () => 0,
  power: (one, other) => powerOf(other) - powerOf(one),
  age: (one, other) => sortableAge(other) - sortableAge(one),
};

function problemsFirst(one: { readonly hasProblem: boolean }, other: { readonly hasProblem: boolean }): number {
  return Number(other.hasProblem) - Number(one.hasProblem);
}

/** The power of a row; a row without one comes last. */
function powerOf({ reading }: FleetRow): number {
  return reading?.power_W?.total ?? -1e12;
}

/** The age of a row; a row without a reading comes first. */
function sortableAge({ ageMs }: FleetRow): number {
  return typeof ageMs === "number" ? ageMs : 1e15;
}

function ageOf({ readingAtMs }: FleetMeter, monoMs: number, { lostAtMs }: RowOptions): FleetRow["ageMs"] {
  if (readingAtMs === undefined) return undefined;
  return lostAtMs === undefined ? monoMs - readingAtMs : "unknown";
}

/** A node is not lost because its reports cannot arrive here. */
function isNodeLost(node: FleetNode, monoMs: number, { lostAtMs, restoredAtMs = -Infinity }: RowOptions): boolean {
  const receivedAtMs = Math.max(node.receivedAtMs, restoredAtMs);
  return isLost({ ...node, receivedAtMs }, Math.min(monoMs, lostAtMs ?? Infinity));
}

function hasNodeProblem({ status }: FleetNode): boolean {
  return status.faults.length > 0 || status.lines.some(({ state }) => state === "closed");
}

function searchText({ site, meter, shownState, status, faults }: FleetRow): string {
  const { state = "", transaction_id: id = "" } = status?.transaction ?? {};
  return [site, meter, shownState, state, id, ...faults.keys()].join(" ").toLowerCase();
}

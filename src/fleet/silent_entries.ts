import { type Fleet, type FleetMeter, type FleetNode, validityMs } from "./fleet.ts";

/** How long a meter without a message is not taken for removed. */
const quietMs = 90_000;

/**
 * The nodes that have not reported in time, stopped ones too, and the meters of which nothing arrives and which no node
 * lists that reports. Only these can have been removed from the fleet.
 *
 * @param nowMs local monotonic clock in milliseconds
 * @param connectedAtMs since when the present connection receives messages, by the same clock
 */
export function silentEntries(
  fleet: Fleet,
  nowMs: number,
  connectedAtMs: number,
): { readonly nodes: readonly FleetNode[]; readonly meters: readonly FleetMeter[] } {
  const nodes = fleet.nodes.filter(({ receivedAtMs, status }) =>
    nowMs - Math.max(receivedAtMs, connectedAtMs) > validityMs(status)
  );
  const silent = new Set(nodes.map(({ site }) => site));
  const meters = fleet.meters.filter(({ site, meter, statusAtMs = -Infinity, readingAtMs = -Infinity }) => {
    const node = fleet.node(site);
    const isListed = node !== undefined && !silent.has(site) && meter in node.status.meters;
    return !isListed && nowMs - Math.max(statusAtMs, readingAtMs, connectedAtMs) > quietMs;
  });
  return { nodes, meters };
}

import type { Time } from "../base/time.ts";
import { type FleetMeter, type FleetNode, type FleetSource, type FleetUpdate, isLost } from "../fleet/mod.ts";
import type { MeterRow, NodeRow } from "../view/mod.ts";
import type { RowVersions } from "./row_versions.ts";
import { meterRow, nodeRow, type WatchedNode } from "./shown_rows.ts";

/** A meter with its node. */
export interface LiveMeter {
  readonly meter: FleetMeter;
  readonly node: WatchedNode | undefined;
  readonly row: MeterRow;
}

/** Turns what has changed in the fleet into rows. */
export class LiveRows {
  readonly #source: Pick<FleetSource, "fleet" | "lostAtMs" | "restoredAtMs">;
  readonly #versions: RowVersions;
  readonly #time: Pick<Time, "mono">;
  /** Names of the meters of each site. */
  readonly #sites = new Map<string, Set<string>>();
  /** Names of the meters with new messages, by site. */
  readonly #touched = new Map<string, Set<string>>();
  readonly #touchedNodes = new Set<string>();
  /** What the rows of the nodes show, by site. */
  readonly #nodes = new Map<string, NodeRow>();

  constructor(
    source: Pick<FleetSource, "fleet" | "lostAtMs" | "restoredAtMs">,
    versions: RowVersions,
    time: Pick<Time, "mono">,
  ) {
    this.#source = source;
    this.#versions = versions;
    this.#time = time;
  }

  /** A message has changed something. */
  touch({ site, meter }: Pick<FleetUpdate, "site" | "meter">): void {
    if (meter === undefined) {
      this.#touchedNodes.add(site);
      return;
    }
    add(this.#sites, site, meter);
    add(this.#touched, site, meter);
  }

  /** Sets the rows of all that has changed since the last call. */
  refresh(): void {
    for (const site of new Set([...this.#nodes.keys(), ...this.#touchedNodes])) {
      const node = this.#source.fleet.node(site);
      if (node === undefined) this.#removeNode(site);
      else this.#refreshNode(this.#watched(node));
    }
    this.#touchedNodes.clear();
    for (const [site, meters] of this.#touched) {
      const node = this.#source.fleet.node(site);
      const watched = node && this.#watched(node);
      for (const meter of meters) this.#refreshMeter(site, meter, watched);
    }
    this.#touched.clear();
  }

  /** A meter; undefined: unknown. */
  meter(site: string, name: string): LiveMeter | undefined {
    const meter = this.#source.fleet.meter(site, name);
    const known = this.#source.fleet.node(site);
    const node = known && this.#watched(known);
    return meter && { meter, node, row: meterRow(meter, node) };
  }

  #refreshNode(node: WatchedNode): void {
    const { site, isLost } = node;
    const shown = this.#nodes.get(site);
    if (shown?.isLost === isLost && !this.#touchedNodes.has(site)) return;
    const row = nodeRow(node);
    if (shown !== undefined && shown.instance !== row.instance) {
      this.#versions.remove({ site, instance: shown.instance });
    }
    this.#versions.setNode(row);
    this.#nodes.set(site, row);
    // Rows of meters show whether their node is lost, and its version
    if (shown?.isLost === isLost && shown.version === row.version) return;
    for (const meter of this.#sites.get(site) ?? []) add(this.#touched, site, meter);
  }

  #removeNode(site: string): void {
    const shown = this.#nodes.get(site);
    if (shown === undefined) return;
    this.#nodes.delete(site);
    this.#versions.remove({ site, instance: shown.instance });
    for (const meter of this.#sites.get(site) ?? []) add(this.#touched, site, meter);
  }

  #refreshMeter(site: string, name: string, node: WatchedNode | undefined): void {
    const meter = this.#source.fleet.meter(site, name);
    if (meter !== undefined) return this.#versions.setMeter(meterRow(meter, node));
    this.#sites.get(site)?.delete(name);
    this.#versions.remove({ site, meter: name });
  }

  /** A node is not lost because its reports cannot arrive here. */
  #watched(node: FleetNode): WatchedNode {
    const { lostAtMs = Infinity, restoredAtMs = -Infinity } = this.#source;
    const receivedAtMs = Math.max(node.receivedAtMs, restoredAtMs);
    return { ...node, isLost: isLost({ ...node, receivedAtMs }, Math.min(this.#time.mono(), lostAtMs)) };
  }
}

function add(sites: Map<string, Set<string>>, site: string, meter: string): void {
  const meters = sites.get(site);
  if (meters === undefined) sites.set(site, new Set([meter]));
  else meters.add(meter);
}

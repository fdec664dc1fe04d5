import { compareNames } from "../base/natural_order.ts";
import type { ConnectionView, FleetChange, FleetSnapshot } from "./fleet_messages.ts";
import type { MeterRow, NodeRow } from "./fleet_rows.ts";

/** The state of the fleet, built from a snapshot and the changes after it. */
export class FleetState {
  readonly #meters = new Map<string, MeterRow>();
  readonly #nodes = new Map<string, NodeRow>();
  #connection: ConnectionView | undefined;
  #at: string | undefined;
  /** Keys of the meters in order, until a meter is added or removed. */
  #order: readonly string[] | undefined;
  /** Until a row changes. */
  #rows: readonly MeterRow[] | undefined;

  /** Replaces everything with a snapshot. */
  load(snapshot: FleetSnapshot): void {
    this.#meters.clear();
    this.#nodes.clear();
    this.#order = undefined;
    this.apply(snapshot);
  }

  /** Applies a change. A change that arrives twice has the same result. */
  apply({ at, connection, meters = [], nodes = [], removed = [] }: FleetChange): void {
    this.#at = at;
    this.#rows = undefined;
    if (connection !== undefined) this.#connection = connection;
    for (const { site, meter, instance } of removed) {
      if (meter !== undefined && this.#meters.delete(rowKey(site, meter))) this.#order = undefined;
      if (instance !== undefined) this.#nodes.delete(rowKey(site, instance));
    }
    for (const row of meters) {
      const key = rowKey(row.site, row.meter);
      if (!this.#meters.has(key)) this.#order = undefined;
      this.#meters.set(key, row);
    }
    for (const row of nodes) this.#nodes.set(rowKey(row.site, row.instance), row);
  }

  /** Clock of the server in the last message, RFC 3339; undefined before the first one. */
  get at(): string | undefined {
    return this.#at;
  }

  /** Connection of the server to NATS; undefined before the first message. */
  get connection(): ConnectionView | undefined {
    return this.#connection;
  }

  /** All meters, in the natural order of their sites and names. The same array until the next change. */
  meters(): readonly MeterRow[] {
    return this.#rows ??= this.#sortedKeys().flatMap((key) => this.#meters.get(key) ?? []);
  }

  /** One meter; undefined: unknown. */
  meter(site: string, meter: string): MeterRow | undefined {
    return this.#meters.get(rowKey(site, meter));
  }

  /** All processes, in the natural order of their sites. */
  nodes(): readonly NodeRow[] {
    return [...this.#nodes.values()].sort((one, other) =>
      compareNames(one.site, other.site) || compareNames(one.instance, other.instance)
    );
  }

  #sortedKeys(): readonly string[] {
    return this.#order ??= [...this.#meters].sort(([, one], [, other]) =>
      compareNames(one.site, other.site) || compareNames(one.meter, other.meter)
    ).map(([key]) => key);
  }
}

/** Names of sites contain no dot. */
function rowKey(site: string, name: string): string {
  return `${site}.${name}`;
}

import { compareNames } from "../base/natural_order.ts";
import { minuteMs, systemTime, type Time } from "../base/time.ts";
import {
  type FaultPayload,
  faultSchema,
  type NodeStatusPayload,
  nodeStatusSchema,
  nodeToken,
  type PowermeterPayload,
  powermeterSchema,
  type StatusPayload,
  statusSchema,
} from "../contract/mod.ts";

/** State of one meter. */
export interface FleetMeter {
  readonly site: string;
  readonly meter: string;
  status?: StatusPayload;
  /** When the status arrived or was stored by the server, by the local monotonic clock in milliseconds. */
  statusAtMs?: number;
  reading?: PowermeterPayload;
  /** When the reading arrived, by the local monotonic clock in milliseconds. */
  readingAtMs?: number;
  /** Active faults by sub type. */
  readonly faults: Map<string, FaultPayload>;
}

/** State of one node. */
export interface FleetNode {
  readonly site: string;
  readonly status: NodeStatusPayload;
  /** When the status arrived or was stored by the server, by the local monotonic clock in milliseconds. */
  readonly receivedAtMs: number;
}

/** Whether the last status of a node is no longer valid, and the node did not report its stop. */
export function isLost({ status, receivedAtMs }: FleetNode, monoMs: number): boolean {
  return status.state !== "stopped" && monoMs - receivedAtMs > validityMs(status);
}

/** How long a status is valid after its arrival, in milliseconds. */
export function validityMs({ ttl_s: seconds = 90 }: Pick<NodeStatusPayload, "ttl_s">): number {
  return seconds * 1000;
}

/** One parsed message. */
export interface FleetUpdate {
  readonly kind: "reading" | "status" | "fault" | "node";
  readonly site: string;
  /** Undefined for a node. */
  readonly meter?: string;
  readonly payload: Record<string, unknown>;
}

/** A publisher can invent names. Names beyond this limit are ignored, so that they do not fill the memory. */
const defaultMaxEntries = 10_000;
const maxFaults = 100;
/** A reading whose time is this much later than the local clock has a wrong time. */
const maxAheadMs = minuteMs;

/** The state of the fleet, built from its messages. */
export class Fleet {
  readonly #meters = new Map<string, FleetMeter>();
  readonly #nodes = new Map<string, FleetNode>();
  /** Until a meter is added or removed. */
  #sortedMeters: readonly FleetMeter[] | undefined;
  /** Meters that were removed, by site and name: readings from a spool may still arrive. */
  readonly #removed = new Set<string>();
  readonly #maxEntries: number;
  readonly #time: Pick<Time, "now">;

  /**
   * @param maxEntries maximum number of meters, and of nodes
   * @param time clock with which the times of readings are compared
   */
  constructor(maxEntries: number = defaultMaxEntries, time: Pick<Time, "now"> = systemTime) {
    this.#maxEntries = maxEntries;
    this.#time = time;
  }

  /** All meters, in the natural order of their sites and names. */
  get meters(): readonly FleetMeter[] {
    return this.#sortedMeters ??= [...this.#meters.values()].sort((one, other) =>
      compareNames(one.site, other.site) || compareNames(one.meter, other.meter)
    );
  }

  /** All nodes, in the natural order of their sites. */
  get nodes(): FleetNode[] {
    return [...this.#nodes.values()].sort((one, other) => compareNames(one.site, other.site));
  }

  /** One meter; undefined: unknown. */
  meter(site: string, meter: string): FleetMeter | undefined {
    return this.#meters.get(`${site}.${meter}`);
  }

  /** The node of a site; undefined: unknown. */
  node(site: string): FleetNode | undefined {
    return this.#nodes.get(site);
  }

  /**
   * Applies a message.
   *
   * @param tokens tokens of its subject after the prefix: site, meter, and kind
   * @param atMs when it arrived or was stored by the server, by the local monotonic clock in milliseconds: wall clocks
   * of other machines are not used
   * @returns undefined for an unknown message
   */
  apply([site = "", meter = "", ...what]: readonly string[], payload: unknown, atMs: number): FleetUpdate | undefined {
    if (meter === nodeToken) return what.join(".") === "status" ? this.#applyNode(site, payload, atMs) : undefined;
    switch (what[0]) {
      case "reading":
        return this.#applyReading(site, meter, powermeterSchema.safeParse(payload).data, atMs);
      case "status":
        return this.#applyStatus(site, meter, statusSchema.safeParse(payload).data, atMs);
      case "fault":
        return this.#applyFault(site, meter, faultSchema.safeParse(payload).data);
      default:
        return undefined;
    }
  }

  /** Removes a meter. Readings of it from a spool do not add it again, only a status does. */
  removeMeter(site: string, meter: string): void {
    const key = `${site}.${meter}`;
    this.#meters.delete(key);
    this.#sortedMeters = undefined;
    if (this.#removed.size < this.#maxEntries) this.#removed.add(key);
  }

  /** Removes the node of a site, until its next status. */
  removeNode(site: string): void {
    this.#nodes.delete(site);
  }

  #applyReading(site: string, meter: string, reading: PowermeterPayload | undefined, atMs: number) {
    const known = reading && this.#known(site, meter);
    if (reading === undefined || known === undefined) return undefined;
    // Readings from a spool arrive between live ones
    const isNewer = known.reading === undefined || known.reading.timestamp <= reading.timestamp;
    if (isNewer || this.#isAhead(known.reading)) {
      known.reading = reading;
      known.readingAtMs = atMs;
    }
    return { kind: "reading", site, meter, payload: { ...reading } } as const;
  }

  /** With a wrong clock, a meter would show one reading until this time is over. */
  #isAhead(reading: PowermeterPayload | undefined): boolean {
    return reading !== undefined && Date.parse(reading.timestamp) > this.#time.now() + maxAheadMs;
  }

  #applyStatus(site: string, meter: string, status: StatusPayload | undefined, atMs: number) {
    if (status?.removed === true) {
      this.removeMeter(site, meter);
      return { kind: "status", site, meter, payload: { ...status } } as const;
    }
    if (status !== undefined) this.#removed.delete(`${site}.${meter}`);
    const known = status && this.#known(site, meter);
    if (status === undefined || known === undefined) return undefined;
    known.status = status;
    known.statusAtMs = atMs;
    return { kind: "status", site, meter, payload: { ...status } } as const;
  }

  #applyFault(site: string, meter: string, fault: FaultPayload | undefined): FleetUpdate | undefined {
    if (fault === undefined) return undefined;
    const faults = this.#known(site, meter)?.faults;
    if (faults === undefined) return undefined;
    if (!fault.active) faults.delete(fault.sub_type);
    else if (faults.has(fault.sub_type) || faults.size < maxFaults) faults.set(fault.sub_type, fault);
    return { kind: "fault", site, meter, payload: { ...fault } };
  }

  #applyNode(site: string, payload: unknown, atMs: number): FleetUpdate | undefined {
    const status = nodeStatusSchema.safeParse(payload).data;
    if (status === undefined) return undefined;
    const known = this.#nodes.get(site);
    if (known === undefined && this.#nodes.size >= this.#maxEntries) return undefined;
    if (known === undefined || known.receivedAtMs <= atMs) this.#nodes.set(site, { site, status, receivedAtMs: atMs });
    return { kind: "node", site, payload: { ...status } };
  }

  /** @returns undefined for a meter that was removed, and beyond the limit */
  #known(site: string, meter: string): FleetMeter | undefined {
    const key = `${site}.${meter}`;
    if (this.#removed.has(key)) return undefined;
    const known = this.#meters.get(key);
    if (known !== undefined || this.#meters.size >= this.#maxEntries) return known;
    const added = { site, meter, faults: new Map<string, FaultPayload>() };
    this.#meters.set(key, added);
    this.#sortedMeters = undefined;
    return added;
  }
}

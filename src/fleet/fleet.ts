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
} from "../nats/mod.ts";

/** What is known of one meter. */
export interface FleetMeter {
  readonly site: string;
  readonly meter: string;
  status?: StatusPayload;
  reading?: PowermeterPayload;
  /** Raised ones, by sub type. */
  readonly faults: Map<string, FaultPayload>;
}

/** What is known of one process. */
export interface FleetNode {
  readonly site: string;
  status?: NodeStatusPayload;
}

/** One message, understood. */
export interface FleetNews {
  readonly kind: "reading" | "status" | "fault" | "node";
  readonly site: string;
  /** Absent for a process. */
  readonly meter?: string;
  readonly payload: Record<string, unknown>;
}

/** Whoever may publish can make up names: beyond this they are left out, so that they do not fill the memory. */
const mostMeters = 10_000;
const mostFaults = 100;

/** The fleet as its messages tell of it. */
export class Fleet {
  readonly #meters = new Map<string, FleetMeter>();
  readonly #nodes = new Map<string, FleetNode>();

  /** All meters, by site and name. */
  get meters(): FleetMeter[] {
    return [...this.#meters].sort(([one], [other]) => one.localeCompare(other)).map(([, meter]) => meter);
  }

  /** All processes, by site. */
  get nodes(): FleetNode[] {
    return [...this.#nodes].sort(([one], [other]) => one.localeCompare(other)).map(([, node]) => node);
  }

  /**
   * Takes a message in.
   *
   * @param tokens of its subject behind the prefix: site, meter, and what it is
   * @returns undefined for what is none of ours
   */
  take([site = "", meter = "", ...what]: readonly string[], payload: unknown): FleetNews | undefined {
    if (meter === nodeToken) return what.join(".") === "status" ? this.#takeNode(site, payload) : undefined;
    switch (what[0]) {
      case "reading":
        return this.#take(site, meter, "reading", powermeterSchema.safeParse(payload).data);
      case "status":
        return this.#take(site, meter, "status", statusSchema.safeParse(payload).data);
      case "fault":
        return this.#takeFault(site, meter, faultSchema.safeParse(payload).data);
      default:
        return undefined;
    }
  }

  #take<K extends "reading" | "status">(
    site: string,
    meter: string,
    kind: K,
    payload: FleetMeter[K],
  ): FleetNews | undefined {
    if (payload === undefined) return undefined;
    const known = this.#meter(site, meter);
    if (known === undefined) return undefined;
    known[kind] = payload;
    return { kind, site, meter, payload: { ...payload } };
  }

  #takeFault(site: string, meter: string, fault: FaultPayload | undefined): FleetNews | undefined {
    if (fault === undefined) return undefined;
    const faults = this.#meter(site, meter)?.faults;
    if (faults === undefined) return undefined;
    if (!fault.active) faults.delete(fault.sub_type);
    else if (faults.has(fault.sub_type) || faults.size < mostFaults) faults.set(fault.sub_type, fault);
    return { kind: "fault", site, meter, payload: { ...fault } };
  }

  #takeNode(site: string, payload: unknown): FleetNews | undefined {
    const status = nodeStatusSchema.safeParse(payload).data;
    if (status === undefined) return undefined;
    if (!this.#nodes.has(site) && this.#nodes.size >= mostMeters) return undefined;
    this.#nodes.set(site, { site, status });
    return { kind: "node", site, payload: { ...status } };
  }

  /** @returns undefined for one more than anybody has */
  #meter(site: string, meter: string): FleetMeter | undefined {
    const key = `${site}.${meter}`;
    const known = this.#meters.get(key);
    if (known !== undefined || this.#meters.size >= mostMeters) return known;
    const added = { site, meter, faults: new Map<string, FaultPayload>() };
    this.#meters.set(key, added);
    return added;
  }
}

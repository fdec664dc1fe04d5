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

/** What is known of one meter. */
export interface FleetMeter {
  readonly site: string;
  readonly meter: string;
  status?: StatusPayload;
  reading?: PowermeterPayload;
  /** When that reading arrived, by our monotonic clock in milliseconds. */
  readingAtMs?: number;
  /** Raised ones, by sub type. */
  readonly faults: Map<string, FaultPayload>;
}

/** What is known of one process. */
export interface FleetNode {
  readonly site: string;
  readonly status: NodeStatusPayload;
  /** When that status arrived, or was stored by the server, by our monotonic clock in milliseconds. */
  readonly heardAtMs: number;
}

/** Whether a process has not reported for longer than its last status is valid, and did not report its end. */
export function isLost({ status, heardAtMs }: FleetNode, monoMs: number): boolean {
  return status.state !== "stopped" && monoMs - heardAtMs > lifeMs(status);
}

/** For how long after its arrival a status says that its process is alive, in milliseconds. */
export function lifeMs({ ttl_s: seconds = 90 }: Pick<NodeStatusPayload, "ttl_s">): number {
  return seconds * 1000;
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
const usualMost = 10_000;
const mostFaults = 100;

/** The fleet as its messages tell of it. */
export class Fleet {
  readonly #meters = new Map<string, FleetMeter>();
  readonly #nodes = new Map<string, FleetNode>();
  readonly #most: number;

  /** @param most meters, and processes, that are taken in */
  constructor(most: number = usualMost) {
    this.#most = most;
  }

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
   * @param atMs when it arrived, or was stored by the server, by our monotonic clock in milliseconds: no wall clock of
   * another machine says how old something is
   * @returns undefined for what is none of ours
   */
  take([site = "", meter = "", ...what]: readonly string[], payload: unknown, atMs: number): FleetNews | undefined {
    if (meter === nodeToken) return what.join(".") === "status" ? this.#takeNode(site, payload, atMs) : undefined;
    switch (what[0]) {
      case "reading":
        return this.#takeReading(site, meter, powermeterSchema.safeParse(payload).data, atMs);
      case "status":
        return this.#takeStatus(site, meter, statusSchema.safeParse(payload).data);
      case "fault":
        return this.#takeFault(site, meter, faultSchema.safeParse(payload).data);
      default:
        return undefined;
    }
  }

  #takeReading(site: string, meter: string, reading: PowermeterPayload | undefined, atMs: number) {
    const known = reading && this.#meter(site, meter);
    if (reading === undefined || known === undefined) return undefined;
    // Those of a spool come between the live ones
    if (known.reading === undefined || known.reading.timestamp <= reading.timestamp) {
      known.reading = reading;
      known.readingAtMs = atMs;
    }
    return { kind: "reading", site, meter, payload: { ...reading } } as const;
  }

  #takeStatus(site: string, meter: string, status: StatusPayload | undefined) {
    const known = status && this.#meter(site, meter);
    if (status === undefined || known === undefined) return undefined;
    known.status = status;
    return { kind: "status", site, meter, payload: { ...status } } as const;
  }

  #takeFault(site: string, meter: string, fault: FaultPayload | undefined): FleetNews | undefined {
    if (fault === undefined) return undefined;
    const faults = this.#meter(site, meter)?.faults;
    if (faults === undefined) return undefined;
    if (!fault.active) faults.delete(fault.sub_type);
    else if (faults.has(fault.sub_type) || faults.size < mostFaults) faults.set(fault.sub_type, fault);
    return { kind: "fault", site, meter, payload: { ...fault } };
  }

  #takeNode(site: string, payload: unknown, atMs: number): FleetNews | undefined {
    const status = nodeStatusSchema.safeParse(payload).data;
    if (status === undefined) return undefined;
    const known = this.#nodes.get(site);
    if (known === undefined && this.#nodes.size >= this.#most) return undefined;
    if (known === undefined || known.heardAtMs <= atMs) this.#nodes.set(site, { site, status, heardAtMs: atMs });
    return { kind: "node", site, payload: { ...status } };
  }

  /** @returns undefined for one more than anybody has */
  #meter(site: string, meter: string): FleetMeter | undefined {
    const key = `${site}.${meter}`;
    const known = this.#meters.get(key);
    if (known !== undefined || this.#meters.size >= this.#most) return known;
    const added = { site, meter, faults: new Map<string, FaultPayload>() };
    this.#meters.set(key, added);
    return added;
  }
}

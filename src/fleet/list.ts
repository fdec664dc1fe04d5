import type { NatsConnection } from "nats";
import { systemTime } from "../base/time.ts";
import { type FaultPayload, nodeToken, Subjects } from "../contract/mod.ts";
import { apiPrefix, jetstreamOf } from "../nats/mod.ts";
import { receivesNothing } from "./existing.ts";
import { failureText } from "./findings.ts";
import { findStream, recordSources } from "./find_stream.ts";
import { Fleet, type FleetMeter, type FleetNode, isLost } from "./fleet.ts";
import { findServices, type Instance, servedBy, type ServedSubject } from "./instances.ts";
import { readStream } from "./read_stream.ts";
import { payloadOf } from "./payload.ts";

/** An active fault of a meter or of the node. */
export interface ListedFault extends Pick<FaultPayload, "sub_type" | "severity" | "message" | "since"> {
  /** Undefined for a fault of the node. */
  readonly meter?: string;
}

/** A site in the list of the fleet. */
export interface ListedSite {
  readonly site: string;
  /**
   * `lost`: its last status is no longer valid, and it does not answer; `unknown`: it has no status, but it answers, or
   * is a source of the hub.
   */
  readonly state: "online" | "passive" | "stopped" | "lost" | "unknown";
  readonly version: string | undefined;
  /** Ids of the nodes that answer now. */
  readonly instances: readonly string[];
  /** Seconds since its last status arrived; undefined if there is none. */
  readonly lastBeatSeconds: number | undefined;
  /** State of each line. */
  readonly lines: Readonly<Record<string, string>>;
  /** State of each meter. */
  readonly meters: Readonly<Record<string, string>>;
  /** Ids of open transactions by meter; an unknown id is empty. */
  readonly openTransactions: Readonly<Record<string, string>>;
  readonly faults: readonly ListedFault[];
  readonly undeliveredRecords: number;
  readonly spooledReadings: number;
  /** Meters that more than one node serves. */
  readonly duplicates: readonly string[];
}

/** What to list. */
export interface ListOptions {
  /** Prefix of all subjects. */
  readonly prefix: string;
  /** Only this site. */
  readonly site?: string | undefined;
  /** JetStream domain of the streams. @default that of the connected server */
  readonly domain?: string | undefined;
}

/** The sites of a fleet, and the problems while reading them. */
export interface FleetList {
  readonly sites: readonly ListedSite[];
  readonly problems: readonly string[];
}

/** Lists the sites that have a status at the hub, answer now, or are a source of records of the hub. */
export async function listFleet(
  connection: NatsConnection,
  { prefix, site, domain }: ListOptions,
): Promise<FleetList> {
  const fleet = new Fleet(maxListed);
  const problems: string[] = [];
  const [services, sources] = await Promise.all([
    findServices(connection, waitMs),
    // A user without permission to read the stream sees only sites with a status or an answer
    jetstreamOf(connection, domain, answerMs).then((manager) => recordSources(manager, prefix)).catch(() => []),
    readStates(connection, fleet, { prefix, site, domain })
      .catch((error) => problems.push(`Cannot read the retained states: ${failureText(error)}`)),
  ]);
  const answering = Map.groupBy(
    services.filter((service) => site === undefined || service.site === site),
    (service) => service.site,
  );
  const nodes = new Map(fleet.nodes.map((node) => [node.site, node]));
  const meters = Map.groupBy(fleet.meters, (meter) => meter.site);
  const taken = sources.filter((source) => site === undefined || source === site);
  const names = [...new Set([...nodes.keys(), ...answering.keys(), ...taken])].sort();
  const sites: ListedSite[] = [];
  for (const name of names) {
    const instances = answering.get(name) ?? [];
    const isKnown = nodes.has(name);
    // Only needed for unknown sites, and for sites with several nodes
    const served = isKnown && instances.length < 2
      ? []
      : await Promise.all(instances.map((instance) => servedBy(connection, instance, waitMs)));
    if (!isKnown && isOtherFleet(served.flat(), `${prefix}.${name}.`)) continue;
    const duplicates = duplicatesIn(served);
    sites.push(listed(name, { node: nodes.get(name), meters: meters.get(name) ?? [], instances, duplicates }));
  }
  return { sites, problems };
}

/**
 * Reads the retained states.
 *
 * @throws the errors of `readStream`, or the stream of states is missing
 */
export async function readStates(
  connection: NatsConnection,
  fleet: Fleet,
  { prefix, site = "*", domain }: ListOptions,
): Promise<void> {
  const manager = await jetstreamOf(connection, domain, answerMs);
  const state = await findStream(manager, prefix, "state");
  if (state === undefined) throw new Error("the stream of states is missing; create it with fleet setup");
  if (receivesNothing(state.config)) return;
  const subjects = new Subjects(prefix, site);
  for (const filter of [subjects.status("*"), subjects.fault("*", "*")]) {
    const slice = {
      stream: state.config.name,
      api: apiPrefix(domain),
      filter,
      last: true,
    };
    await readStream(connection, slice, ({ subject, data, ageMs }) => {
      const tokens = subject.slice(prefix.length + 1).split(".");
      fleet.apply(tokens, payloadOf(data), systemTime.mono() - ageMs);
    });
  }
}

/** Whether a site belongs to another fleet with another prefix on the same servers. */
function isOtherFleet(served: readonly ServedSubject[], root: string): boolean {
  return served.length > 0 && !served.some(({ subject }) => subject.startsWith(root));
}

/** Returns the meters that several nodes serve. */
function duplicatesIn(served: readonly (readonly ServedSubject[])[]): string[] {
  const names = served.flatMap((own) => [...new Set(own.map(({ meter }) => meter))]).filter((name) =>
    name !== nodeToken
  );
  return [...new Set(names.filter((name, place) => names.indexOf(name) !== place))].sort();
}

function listed(
  site: string,
  { node, meters, instances, duplicates }: {
    readonly node: FleetNode | undefined;
    readonly meters: readonly FleetMeter[];
    readonly instances: readonly Instance[];
    readonly duplicates: readonly string[];
  },
): ListedSite {
  const monoMs = systemTime.mono();
  const status = node?.status;
  return {
    site,
    state: stateOf(node, instances, monoMs),
    version: instances[0]?.version ?? status?.version,
    instances: instances.map(({ instance }) => instance).sort(),
    lastBeatSeconds: node && Math.max(0, Math.round((monoMs - node.receivedAtMs) / 1000)),
    lines: Object.fromEntries((status?.lines ?? []).map(({ name, state }) => [name, state])),
    meters: Object.fromEntries(
      meters.flatMap(({ meter, status }) => status === undefined ? [] : [[meter, status.state]]),
    ),
    openTransactions: Object.fromEntries(meters.flatMap(openTransaction)),
    faults: [
      ...(status?.faults ?? []).filter(({ active }) => active).map((fault) => listedFault(fault)),
      ...meters.flatMap(({ meter, faults }) => [...faults.values()].map((fault) => listedFault(fault, meter))),
    ],
    undeliveredRecords: status?.undelivered_records ?? 0,
    spooledReadings: status?.spooled_readings ?? 0,
    duplicates,
  };
}

function stateOf(
  node: FleetNode | undefined,
  instances: readonly Instance[],
  monoMs: number,
): ListedSite["state"] {
  if (node === undefined) return "unknown";
  if (instances.length === 0) return isLost(node, monoMs) ? "lost" : node.status.state;
  return node.status.state === "stopped" ? "online" : node.status.state;
}

/**
 * Returns the name of a meter and the id of its open transaction; the id is empty if unknown. Empty without an open
 * one.
 */
export function openTransaction({ meter, status }: FleetMeter): [string, string][] {
  const transaction = status?.transaction;
  const isOpen = transaction !== undefined && ["starting", "running", "stopping"].includes(transaction.state);
  return isOpen ? [[meter, transaction.transaction_id ?? ""]] : [];
}

function listedFault({ sub_type, severity, message, since }: ListedFault, meter?: string): ListedFault {
  return { ...(meter === undefined ? {} : { meter }), sub_type, severity, message, since };
}

/** Permissions to publish limit the content of the stream. */
const maxListed = 1_000_000;
const answerMs = 10_000;
/** How long to wait for answers of nodes. */
const waitMs = 2_000;

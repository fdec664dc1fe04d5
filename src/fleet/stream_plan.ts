import { nanos, type StreamConfig, type StreamSource } from "nats";
import { apiPrefix, neededSubjects, streamConfig, type StreamKind, streamName } from "../nats/mod.ts";
import { domainIn } from "./sources.ts";

/**
 * Where the nodes publish: `single`: to these servers, whose streams have the subjects; `hub`: to their own edge
 * servers, whose streams are sources of the streams here.
 */
export type Topology = "hub" | "single";

/** Which readings are stored: all, the last one of each meter, or none. */
export type ReadingsChoice = "all" | "last" | "none";

/** Requested streams of a fleet. */
export interface FleetStreamsOptions {
  /** Prefix of all subjects. */
  readonly prefix: string;
  readonly topology: Topology;
  readonly readings: ReadingsChoice;
  /** Whether the intervals of load profiles are stored. @default false */
  readonly intervals?: boolean;
  /** 0: forever. @default 400 */
  readonly intervalsMaxAgeDays?: number | undefined;
  /** Replicas of each stream in a cluster. */
  readonly replicas: number;
  /** 0: forever. */
  readonly readingsMaxAgeDays: number;
  /** Absent: no limit. */
  readonly readingsMaxBytes?: number | undefined;
}

/**
 * The shortest duplicate window that a server accepts. A duplicate id in an edge stream stalls the source of a hub for
 * the duration of the window. Consumers of records must use the id as a key in any case.
 */
export const hubWindowMs = 100;

/** Returns the configuration of each requested stream; on a hub without sources. */
export function fleetStreams(options: FleetStreamsOptions): Map<StreamKind, Partial<StreamConfig>> {
  const { readings, intervals = false, intervalsMaxAgeDays = 400, replicas } = options;
  const { readingsMaxAgeDays, readingsMaxBytes } = options;
  const permanent = { enabled: true, replicas, maxAgeDays: 0 };
  const limited = {
    enabled: true,
    replicas,
    maxAgeDays: readingsMaxAgeDays,
    ...(readingsMaxBytes === undefined ? {} : { maxBytes: readingsMaxBytes }),
  };
  const streams = new Map([
    ["ocmf" as const, streamOf("ocmf", permanent, options)],
    ["state" as const, streamOf("state", permanent, options)],
  ] as [StreamKind, Partial<StreamConfig>][]);
  if (readings !== "none") {
    const last = readings === "last" ? { max_msgs_per_subject: 1, allow_direct: true } : {};
    streams.set("readings", { ...streamOf("readings", limited, options), ...last });
  }
  if (intervals) {
    streams.set("intervals", streamOf("intervals", { ...permanent, maxAgeDays: intervalsMaxAgeDays }, options));
  }
  return streams;
}

function streamOf(
  kind: StreamKind,
  options: Parameters<typeof streamConfig>[2],
  { prefix, topology }: FleetStreamsOptions,
): Partial<StreamConfig> {
  const config = streamConfig(prefix, kind, options);
  if (topology === "single") return config;
  const { subjects: _, ...rest } = config;
  return { ...rest, duplicate_window: nanos(hubWindowMs) };
}

/** Returns the source of one site for a hub's stream, without messages of other sites on its edge. */
export function siteSource(
  { kind, prefix, site, domain, meter }: {
    readonly kind: StreamKind;
    readonly prefix: string;
    readonly site: string;
    /** JetStream domain of the edge server. */
    readonly domain: string;
    /** Only the readings of this meter. @default all */
    readonly meter?: string | undefined;
  },
): StreamSource {
  const [subject, ...others] = neededSubjects(prefix, site, kind, meter);
  return {
    name: streamName(prefix, kind),
    // A source has one filter, and an edge refuses a filter that only partly covers its stream.
    filter_subject: subject === undefined || others.length > 0 ? `${prefix}.${site}.>` : subject,
    external: { api: apiPrefix(domain), deliver: "" },
  };
}

/** Returns the site and domain of a source; undefined for an unknown source. */
export function sourceSite(
  { filter_subject: filter, external }: StreamSource,
  prefix: string,
): { readonly site: string; readonly domain: string } | undefined {
  const domain = domainIn(external?.api ?? "");
  if (domain === undefined) return undefined;
  // A source created by hand may have no filter: then the domain is the name of the site.
  if (filter === undefined) return { site: domain, domain };
  if (!filter.startsWith(`${prefix}.`)) return undefined;
  const [site = "*"] = filter.slice(prefix.length + 1).split(".");
  return site === "*" || site === ">" ? undefined : { site, domain };
}

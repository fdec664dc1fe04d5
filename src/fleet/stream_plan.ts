import { nanos, type StreamConfig, type StreamSource } from "nats";
import { apiPrefix, neededSubjects, streamConfig, type StreamKind, streamName } from "../nats/mod.ts";
import { domainIn } from "./sources.ts";

/**
 * Where the nodes publish: `single`, all of them to these very servers, whose streams have the subjects; `hub`, each
 * to an edge server of its own, whose streams are the sources of those here.
 */
export type Topology = "hub" | "single";

/** Which readings are kept: every one, the last one of each meter, none. */
export type ReadingsChoice = "all" | "last" | "none";

/** What the streams of a fleet are to be like. */
export interface FleetStreamsOptions {
  /** Beginning of all subjects. */
  readonly prefix: string;
  readonly topology: Topology;
  readonly readings: ReadingsChoice;
  /** Copies of each stream in a cluster. */
  readonly replicas: number;
  /** 0 = for ever. */
  readonly readingsMaxAgeDays: number;
  /** Absent = no limit. */
  readonly readingsMaxBytes?: number | undefined;
}

/**
 * The shortest duplicate window that a server takes. An id that comes twice from an edge stream stalls a hub's source
 * for the length of the window, and whoever takes records keys on the id anyway.
 */
export const hubWindowMs = 100;

/** What each stream that is wanted is created with; a hub's streams without their sources. */
export function fleetStreams(options: FleetStreamsOptions): Map<StreamKind, Partial<StreamConfig>> {
  const { readings, replicas, readingsMaxAgeDays, readingsMaxBytes } = options;
  const kept = { enabled: true, replicas, maxAgeDays: 0 };
  const passing = {
    enabled: true,
    replicas,
    maxAgeDays: readingsMaxAgeDays,
    ...(readingsMaxBytes === undefined ? {} : { maxBytes: readingsMaxBytes }),
  };
  const streams = new Map([
    ["ocmf" as const, streamOf("ocmf", kept, options)],
    ["state" as const, streamOf("state", kept, options)],
  ] as [StreamKind, Partial<StreamConfig>][]);
  if (readings !== "none") {
    const last = readings === "last" ? { max_msgs_per_subject: 1, allow_direct: true } : {};
    streams.set("readings", { ...streamOf("readings", passing, options), ...last });
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

/** The source of a hub's stream that brings one site's messages, and nothing that its edge holds of other sites. */
export function siteSource(
  { kind, prefix, site, domain, meter }: {
    readonly kind: StreamKind;
    readonly prefix: string;
    readonly site: string;
    /** JetStream domain of the edge server. */
    readonly domain: string;
    /** Only this meter, of readings. @default all */
    readonly meter?: string | undefined;
  },
): StreamSource {
  const [subject, ...others] = neededSubjects(prefix, site, kind, meter);
  return {
    name: streamName(prefix, kind),
    // A source has one filter, and an edge refuses one that covers more than its stream only in part.
    filter_subject: subject === undefined || others.length > 0 ? `${prefix}.${site}.>` : subject,
    external: { api: apiPrefix(domain), deliver: "" },
  };
}

/** Which site a source brings, from which domain; undefined: it is none of ours. */
export function sourceSite(
  { filter_subject: filter, external }: StreamSource,
  prefix: string,
): { readonly site: string; readonly domain: string } | undefined {
  const domain = domainIn(external?.api ?? "");
  if (domain === undefined) return undefined;
  // One that was made by hand may have no filter: an edge's domain has the name of its site.
  if (filter === undefined) return { site: domain, domain };
  if (!filter.startsWith(`${prefix}.`)) return undefined;
  const [site = "*"] = filter.slice(prefix.length + 1).split(".");
  return site === "*" || site === ">" ? undefined : { site, domain };
}

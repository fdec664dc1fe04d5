import type { StreamSource } from "nats";
import { type StreamKind, streamKinds, streamName } from "../nats/mod.ts";
import { topologyOf } from "./existing.ts";
import type { HubAccess } from "./hub_access.ts";
import { FleetError, patiently } from "./retries.ts";
import { changeSources } from "./sources.ts";
import type { FleetStep } from "./step.ts";
import { siteSource, sourceSite } from "./stream_plan.ts";

/** A site, and where its edge keeps its streams. */
export interface SitePlace {
  /** Beginning of all subjects. */
  readonly prefix: string;
  readonly site: string;
  /** JetStream domain of its edge server. */
  readonly domain: string;
}

/** What a hub's streams are to take from a site. */
export interface AddedSite extends SitePlace {
  /** Whether its readings are kept at the hub, where that keeps readings. */
  readonly readings: boolean;
  /** Only those of this meter. @default all */
  readonly readingsMeter?: string | undefined;
  /** From which message on; the first one unless stated. */
  readonly startSeqs?: ReadonlyMap<StreamKind, number>;
}

/**
 * Plans the sources that bring a site's messages to the hub.
 *
 * @throws {FleetError} the streams of the hub are missing, or another site has the domain
 */
export function planSources(hub: HubAccess, added: AddedSite): FleetStep[] {
  const { prefix, site, domain, readings, readingsMeter } = added;
  return streamKinds.flatMap((kind): FleetStep[] => {
    const stream = streamName(prefix, kind);
    const subject = `source of ${stream}`;
    const found = hub.streams.get(kind);
    if (found === undefined) {
      if (kind === "readings") return [];
      throw new FleetError(`there is no stream ${stream} yet: run fleet setup first`);
    }
    if (topologyOf(found.config) === "single") {
      return [{ action: "keep", subject, text: "none is needed: nodes publish to these servers" }];
    }
    const { sources = [] } = found.config;
    const sameDomain = sources.find((source) => sourceSite(source, prefix)?.domain === domain);
    const other = sameDomain && sourceSite(sameDomain, prefix)?.site;
    if (other !== undefined && other !== site) {
      throw new FleetError(
        `the domain ${domain} is that of site ${other}: a hub takes one source from each domain, so each site needs an ` +
          "edge server with a domain of its own",
      );
    }
    const text = (filter: string | undefined) => `site ${site} from domain ${domain}, ${filter ?? "everything there"}`;
    if (sameDomain !== undefined) return [{ action: "keep", subject, text: text(sameDomain.filter_subject) }];
    if (kind === "readings" && !readings) return [];
    const source = {
      ...siteSource({ kind, prefix, site, domain, meter: kind === "readings" ? readingsMeter : undefined }),
      ...startOf(added, kind),
    };
    return [{
      action: "create",
      subject,
      text: text(source.filter_subject || undefined),
      act: () => change(hub, stream, (before) => [...before, source]),
    }];
  });
}

/** Plans to remove the sources of a site; what they have brought stays. */
export function planSourceRemoval(hub: HubAccess, { prefix, site }: Pick<SitePlace, "prefix" | "site">): FleetStep[] {
  return streamKinds.flatMap((kind): FleetStep[] => {
    const stream = streamName(prefix, kind);
    const isOurs = (source: StreamSource) => sourceSite(source, prefix)?.site === site;
    if (!(hub.streams.get(kind)?.config.sources ?? []).some(isOurs)) return [];
    return [{
      action: "remove",
      subject: `source of ${stream}`,
      text: `site ${site}; ${kind === "state" ? "its states are removed below" : "what it has brought stays"}`,
      act: () => change(hub, stream, (before) => before.filter((source) => !isOurs(source))),
    }];
  });
}

/** Plans that the source of a site that has had another name takes its own records only, once that name is removed. */
export function planNarrowedSource(hub: HubAccess, { prefix, site, domain }: SitePlace): FleetStep[] {
  const stream = streamName(prefix, "ocmf");
  const isWide = (source: StreamSource) => !source.filter_subject && sourceSite(source, prefix)?.domain === domain;
  const wide = hub.streams.get("ocmf")?.config.sources?.find(isWide);
  if (wide === undefined || domain === site) return [];
  const narrow = { ...wide, ...siteSource({ kind: "ocmf", prefix, site: domain, domain }) };
  return [{
    action: "change",
    subject: `source of ${stream}`,
    text: `takes ${narrow.filter_subject} only`,
    act: async () => {
      // The server takes no notice of another filter of the same source. It goes on where the stream is.
      await change(hub, stream, (before) => before.filter((source) => !isWide(source)));
      await change(hub, stream, (before) => [...before, narrow]);
    },
  }];
}

/** Where a site's edge is: the domain that its sources name; undefined: the hub has no source of it. */
export function domainOf(streams: HubAccess["streams"], prefix: string, site: string): string | undefined {
  for (const { config } of streams.values()) {
    for (const source of config.sources ?? []) {
      const found = sourceSite(source, prefix);
      if (found?.site === site) return found.domain;
    }
  }
  return undefined;
}

/**
 * A source of a site that has had another name takes the records of both, because those of the old name may still be on
 * their way, but not again what the hub has already.
 */
function startOf({ startSeqs }: AddedSite, kind: StreamKind): Partial<StreamSource> {
  const start = startSeqs?.get(kind);
  if (start === undefined) return {};
  return { opt_start_seq: start, ...(kind === "ocmf" ? { filter_subject: "" } : {}) };
}

async function change(
  { manager, patience }: HubAccess,
  stream: string,
  sources: (before: readonly StreamSource[]) => StreamSource[],
): Promise<void> {
  await patiently(`change the sources of ${stream}`, () => changeSources(manager, stream, sources), patience);
}

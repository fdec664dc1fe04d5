import type { StreamSource } from "nats";
import { type StreamKind, streamKinds, streamName } from "../nats/mod.ts";
import { topologyOf } from "./existing.ts";
import type { HubAccess } from "./hub_access.ts";
import { FleetError, withRetries } from "./retries.ts";
import { changeSources } from "./sources.ts";
import type { FleetStep } from "./step.ts";
import { siteSource, sourceSite } from "./stream_plan.ts";

/** A site, and the JetStream domain of its edge server. */
export interface SitePlace {
  /** Prefix of all subjects. */
  readonly prefix: string;
  readonly site: string;
  /** JetStream domain of its edge server. */
  readonly domain: string;
}

/** What the streams of a hub store of a site. */
export interface AddedSite extends SitePlace {
  /** Whether the hub stores its readings, if it stores readings at all. */
  readonly readings: boolean;
  /** Only the readings of this meter. @default all */
  readonly readingsMeter?: string | undefined;
  /** Number of the first message of each stream. @default the first message */
  readonly startSeqs?: ReadonlyMap<StreamKind, number>;
}

/**
 * Plans the sources that copy the messages of a site to the hub.
 *
 * @throws {FleetError} the streams of the hub are missing, or another site uses the domain
 */
export function planSources(hub: HubAccess, added: AddedSite): FleetStep[] {
  const { prefix, site, domain, readings, readingsMeter } = added;
  return streamKinds.flatMap((kind): FleetStep[] => {
    const stream = streamName(prefix, kind);
    const subject = `source of ${stream}`;
    const found = hub.streams.get(kind);
    if (found === undefined) {
      if (kind === "readings" || kind === "intervals") return [];
      throw new FleetError(`The stream ${stream} does not exist yet: run fleet setup first`);
    }
    if (topologyOf(found.config) === "single") {
      return [{ action: "keep", subject, text: "not needed: nodes publish to these servers" }];
    }
    const { sources = [] } = found.config;
    const sameDomain = sources.find((source) => sourceSite(source, prefix)?.domain === domain);
    const other = sameDomain && sourceSite(sameDomain, prefix)?.site;
    if (other !== undefined && other !== site) {
      throw new FleetError(
        `Site ${other} already uses the domain ${domain}: a hub has one source per domain, so each site needs an ` +
          "edge server with its own domain",
      );
    }
    const text = (filter: string | undefined) => `site ${site} from domain ${domain}, ${filter ?? "all messages"}`;
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

/** Plans to remove the sources of a site. Stored messages stay. */
export function planSourceRemoval(hub: HubAccess, { prefix, site }: Pick<SitePlace, "prefix" | "site">): FleetStep[] {
  return streamKinds.flatMap((kind): FleetStep[] => {
    const stream = streamName(prefix, kind);
    const isOurs = (source: StreamSource) => sourceSite(source, prefix)?.site === site;
    if (!(hub.streams.get(kind)?.config.sources ?? []).some(isOurs)) return [];
    return [{
      action: "remove",
      subject: `source of ${stream}`,
      text: `site ${site}; ${kind === "state" ? "its states are removed below" : "its stored messages stay"}`,
      act: () => change(hub, stream, (before) => before.filter((source) => !isOurs(source))),
    }];
  });
}

/** Plans to limit the source of a renamed site to the new name, when the old name is removed. */
export function planNarrowedSource(hub: HubAccess, { prefix, site, domain }: SitePlace): FleetStep[] {
  const stream = streamName(prefix, "ocmf");
  const isWide = (source: StreamSource) => !source.filter_subject && sourceSite(source, prefix)?.domain === domain;
  const wide = hub.streams.get("ocmf")?.config.sources?.find(isWide);
  if (wide === undefined || domain === site) return [];
  const narrow = { ...wide, ...siteSource({ kind: "ocmf", prefix, site: domain, domain }) };
  return [{
    action: "change",
    subject: `source of ${stream}`,
    text: `receives only ${narrow.filter_subject}`,
    act: async () => {
      // The server ignores a new filter of an existing source. The new source continues at the current position.
      await change(hub, stream, (before) => before.filter((source) => !isWide(source)));
      await change(hub, stream, (before) => [...before, narrow]);
    },
  }];
}

/** Returns the domain of a site's edge from its sources; undefined if the hub has no source of the site. */
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
 * The source of a renamed site receives the records of both names, because records of the old name may still arrive. It
 * does not receive records again that the hub already has.
 */
function startOf({ startSeqs }: AddedSite, kind: StreamKind): Partial<StreamSource> {
  const start = startSeqs?.get(kind);
  if (start === undefined) return {};
  return { opt_start_seq: start, ...(kind === "ocmf" ? { filter_subject: "" } : {}) };
}

async function change(
  { manager, retryLimit }: HubAccess,
  stream: string,
  sources: (before: readonly StreamSource[]) => StreamSource[],
): Promise<void> {
  await withRetries(`change the sources of ${stream}`, () => changeSources(manager, stream, sources), retryLimit);
}

import type { JetStreamManager, StreamConfig, StreamInfo } from "nats";
import { jetstreamOf, neededSubjects, type StreamKind } from "../nats/mod.ts";
import { existingStreams } from "./existing.ts";
import type { HubAccess } from "./hub_access.ts";
import { type RetryLimit, withRetries } from "./retries.ts";
import type { SitePlace } from "./site_sources.ts";
import type { FleetStep } from "./step.ts";

/** Access to the edge server of a site through the hub. */
export interface EdgeAccess {
  readonly manager: JetStreamManager;
  /** Its streams. */
  readonly streams: ReadonlyMap<StreamKind, StreamInfo>;
}

type NamedSite = Pick<SitePlace, "prefix" | "site">;

/**
 * Reads the streams of an edge server.
 *
 * @throws {FleetError} it cannot be reached, or it refuses
 */
export async function openEdge(
  { connection, retryLimit }: HubAccess,
  prefix: string,
  domain: string,
): Promise<EdgeAccess> {
  const manager = await jetstreamOf(connection, domain);
  return { manager, streams: await existingStreams(manager, prefix, retryLimit) };
}

/**
 * Plans to add the subjects of a new name. The service never changes a stream, so they must exist before it publishes.
 */
export function planAddedSubjects(
  { retryLimit }: HubAccess,
  edge: EdgeAccess,
  { prefix, site }: NamedSite,
): FleetStep[] {
  return [...edge.streams].flatMap(([kind, { config }]): FleetStep[] => {
    const before = config.subjects ?? [];
    const added = neededSubjects(prefix, site, kind).filter((subject) => !before.includes(subject));
    if (added.length === 0 || before.some((subject) => subject.startsWith(`${prefix}.*.`))) return [];
    return [changeStep(edge, config, [...before, ...added], `also stores ${added.join(", ")}`, retryLimit)];
  });
}

/** Plans to remove the subjects of the old name of a site from streams that have those of the new name. */
export function planDroppedSubjects(
  { retryLimit }: HubAccess,
  edge: EdgeAccess,
  { prefix, site }: NamedSite,
): FleetStep[] {
  return [...edge.streams.values()].flatMap(({ config }): FleetStep[] => {
    const before = config.subjects ?? [];
    const left = before.filter((subject) => !subject.startsWith(`${prefix}.${site}.`));
    if (left.length === 0 || left.length === before.length) return [];
    const text = `no longer stores messages of ${site}; stored messages stay`;
    return [changeStep(edge, config, left, text, retryLimit)];
  });
}

function changeStep(
  { manager }: EdgeAccess,
  config: StreamConfig,
  subjects: string[],
  text: string,
  retryLimit: RetryLimit,
): FleetStep {
  const { name } = config;
  return {
    action: "change",
    subject: `stream ${name} at the edge`,
    text,
    act: async () => {
      const update = () => manager.streams.update(name, { ...config, subjects });
      await withRetries(`change the stream ${name} at the edge`, update, retryLimit);
    },
  };
}

import type { JetStreamManager, StreamConfig, StreamInfo } from "nats";
import { jetstreamOf, neededSubjects, type StreamKind } from "../nats/mod.ts";
import { existingStreams } from "./existing.ts";
import type { HubAccess } from "./hub_access.ts";
import { type Patience, patiently } from "./retries.ts";
import type { SitePlace } from "./site_sources.ts";
import type { FleetStep } from "./step.ts";

/** The server of a site as the hub reaches it. */
export interface EdgeAccess {
  readonly manager: JetStreamManager;
  /** Its streams, as they were found. */
  readonly streams: ReadonlyMap<StreamKind, StreamInfo>;
}

type NamedSite = Pick<SitePlace, "prefix" | "site">;

/**
 * Looks at the streams of an edge.
 *
 * @throws {FleetError} it cannot be reached, or refuses
 */
export async function openEdge(
  { connection, patience }: HubAccess,
  prefix: string,
  domain: string,
): Promise<EdgeAccess> {
  const manager = await jetstreamOf(connection, domain);
  return { manager, streams: await existingStreams(manager, prefix, patience) };
}

/** A service never alters a stream, so that the subjects of a new name have to be there before it publishes on them. */
export function planAddedSubjects({ patience }: HubAccess, edge: EdgeAccess, { prefix, site }: NamedSite): FleetStep[] {
  return [...edge.streams].flatMap(([kind, { config }]): FleetStep[] => {
    const before = config.subjects ?? [];
    const added = neededSubjects(prefix, site, kind).filter((subject) => !before.includes(subject));
    if (added.length === 0 || before.some((subject) => subject.startsWith(`${prefix}.*.`))) return [];
    return [changeStep(edge, config, [...before, ...added], `takes ${added.join(", ")} as well`, patience)];
  });
}

/** Takes back the subjects of a name that a site has had, where its streams have those of another one. */
export function planDroppedSubjects(
  { patience }: HubAccess,
  edge: EdgeAccess,
  { prefix, site }: NamedSite,
): FleetStep[] {
  return [...edge.streams.values()].flatMap(({ config }): FleetStep[] => {
    const before = config.subjects ?? [];
    const left = before.filter((subject) => !subject.startsWith(`${prefix}.${site}.`));
    if (left.length === 0 || left.length === before.length) return [];
    const text = `takes nothing more of ${site}; what it has taken stays`;
    return [changeStep(edge, config, left, text, patience)];
  });
}

function changeStep(
  { manager }: EdgeAccess,
  config: StreamConfig,
  subjects: string[],
  text: string,
  patience: Patience,
): FleetStep {
  const { name } = config;
  return {
    action: "change",
    subject: `stream ${name} at the edge`,
    text,
    act: async () => {
      const update = () => manager.streams.update(name, { ...config, subjects });
      await patiently(`change the stream ${name} at the edge`, update, patience);
    },
  };
}

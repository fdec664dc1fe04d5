import { type JetStreamManager, type StreamInfo } from "nats";
import { neededSubjects, type StreamKind, streamKinds, streamName } from "../nats/mod.ts";
import { orAbsent, topologyOf } from "./existing.ts";
import { type HubAccess, jetstreamOf } from "./hub_access.ts";
import { FleetError, patiently } from "./patient.ts";
import { planSiteFiles, type SiteFilesOptions } from "./site_add.ts";
import { checkCustody, type CustodyOptions } from "./site_custody.ts";
import { type AddedSite, domainOf, planSources } from "./site_sources.ts";
import type { FleetStep } from "./step.ts";

/**
 * Plans what has to be there before a site's service takes another name: subjects of the new name in the streams of its
 * edge, sources of the new name at the hub, files. The old name is removed afterwards, like a site.
 *
 * @throws {FleetError} a record is not at the hub, the edge cannot be reached, or the new name is taken
 */
export async function planSiteRename(
  hub: HubAccess,
  from: CustodyOptions,
  to: AddedSite,
  files: SiteFilesOptions,
): Promise<FleetStep[]> {
  const { prefix, site } = from;
  const records = hub.streams.get("ocmf");
  if (records === undefined) throw new FleetError("there are no streams yet: run fleet setup first");
  const custody = await checkCustody(hub, from);
  if (topologyOf(records.config) === "single") return [custody, ...await planSiteFiles(hub, to, files)];
  const edgeDomain = from.edgeDomain ?? domainOf(hub.streams, prefix, site);
  if (edgeDomain === undefined) {
    throw new FleetError(`the hub has no source of a site ${site}; fleet site add makes one`);
  }
  const edge = await jetstreamOf(hub.connection, edgeDomain);
  const streams = await edgeStreams(hub, edge, from, edgeDomain);
  const startSeqs = new Map([...streams].map(([kind, { state }]) => [kind, state.last_seq + 1]));
  return [
    custody,
    ...planSubjects(hub, edge, streams, to),
    ...planSources(hub, { ...to, startSeqs }),
    ...await planSiteFiles(hub, to, files),
  ];
}

async function edgeStreams(
  { patience }: HubAccess,
  edge: JetStreamManager,
  { prefix, site }: CustodyOptions,
  domain: string,
): Promise<Map<StreamKind, StreamInfo>> {
  const found = new Map<StreamKind, StreamInfo>();
  for (const kind of streamKinds) {
    const name = streamName(prefix, kind);
    const ask = () => orAbsent(edge.streams.info(name));
    const info = await patiently(`look at the stream ${name} of ${site} in the domain ${domain}`, ask, patience);
    if (info !== undefined) found.set(kind, info);
  }
  return found;
}

/** The service never alters a stream, so that the new subjects have to be there before it publishes on them. */
function planSubjects(
  { patience }: HubAccess,
  edge: JetStreamManager,
  streams: ReadonlyMap<StreamKind, StreamInfo>,
  { prefix, site }: AddedSite,
): FleetStep[] {
  return [...streams].flatMap(([kind, { config }]): FleetStep[] => {
    const { name, subjects: before = [] } = config;
    const added = neededSubjects(prefix, site, kind).filter((subject) => !before.includes(subject));
    if (added.length === 0 || before.some((subject) => subject.startsWith(`${prefix}.*.`))) return [];
    return [{
      action: "change",
      subject: `stream ${name} at the edge`,
      text: `takes ${added.join(", ")} as well`,
      act: async () => {
        const update = () => edge.streams.update(name, { ...config, subjects: [...before, ...added] });
        await patiently(`change the stream ${name} at the edge`, update, patience);
      },
    }];
  });
}

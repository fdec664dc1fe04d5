import { openEdge, planAddedSubjects } from "./edge_subjects.ts";
import { topologyOf } from "./existing.ts";
import type { HubAccess } from "./hub_access.ts";
import { FleetError } from "./retries.ts";
import { planSiteFiles, type SiteFilesOptions } from "./site_add.ts";
import { checkCustody, type CustodyOptions } from "./site_checks.ts";
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
  const edge = await openEdge(hub, prefix, edgeDomain);
  const startSeqs = new Map([...edge.streams].map(([kind, { state }]) => [kind, state.last_seq + 1]));
  return [
    custody,
    ...planAddedSubjects(hub, edge, to),
    ...planSources(hub, { ...to, startSeqs }),
    ...await planSiteFiles(hub, to, files),
  ];
}

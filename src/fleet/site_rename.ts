import { openEdge, planAddedSubjects } from "./edge_subjects.ts";
import { topologyOf } from "./existing.ts";
import type { HubAccess } from "./hub_access.ts";
import { FleetError } from "./retries.ts";
import { planSiteFiles, type SiteFilesOptions } from "./site_add.ts";
import { checkRecordsAtHub, type SiteCheckOptions } from "./site_checks.ts";
import { type AddedSite, domainOf, planSources } from "./site_sources.ts";
import type { FleetStep } from "./step.ts";

/**
 * Plans the preparations before the service of a site uses a new name: subjects of the new name in the streams of its
 * edge, sources of the new name at the hub, and files. The old name is removed afterwards like a site.
 *
 * @throws {FleetError} a record is missing at the hub, the edge cannot be reached, or the new name is already used
 */
export async function planSiteRename(
  hub: HubAccess,
  from: SiteCheckOptions,
  to: AddedSite,
  files: SiteFilesOptions,
): Promise<FleetStep[]> {
  const { prefix, site } = from;
  const records = hub.streams.get("ocmf");
  if (records === undefined) throw new FleetError("There are no streams yet: run fleet setup first");
  const recordsCheck = await checkRecordsAtHub(hub, from);
  if (topologyOf(records.config) === "single") return [recordsCheck, ...await planSiteFiles(hub, to, files)];
  const edgeDomain = from.edgeDomain ?? domainOf(hub.streams, prefix, site);
  if (edgeDomain === undefined) {
    throw new FleetError(`The hub has no source of site ${site}; create it with fleet site add`);
  }
  const edge = await openEdge(hub, prefix, edgeDomain);
  const startSeqs = new Map([...edge.streams].map(([kind, { state }]) => [kind, state.last_seq + 1]));
  return [
    recordsCheck,
    ...planAddedSubjects(hub, edge, to),
    ...planSources(hub, { ...to, startSeqs }),
    ...await planSiteFiles(hub, to, files),
  ];
}

import { openEdge, planDroppedSubjects } from "./edge_subjects.ts";
import { subjectToken } from "../base/subject_tokens.ts";
import { Subjects } from "../contract/mod.ts";
import { jetstreamOf, processWith } from "../nats/mod.ts";
import type { HubAccess } from "./hub_access.ts";
import { FleetError, FleetUsageError } from "./retries.ts";
import { orNoteUnreachable, planStateRemoval, type StateFilter } from "./retained_states.ts";
import {
  checkNoTransaction,
  checkRecordsAtHub,
  lastStatus,
  openTransactionOf,
  type SiteCheckOptions,
} from "./site_checks.ts";
import { domainOf, planNarrowedSource, planSourceRemoval } from "./site_sources.ts";
import type { FleetStep } from "./step.ts";

/**
 * Plans the removal of a site: its sources, and its retained states at the hub and at its edge. Its records and
 * readings stay.
 *
 * @throws {FleetError} a record is missing at the hub, this cannot be checked, or a transaction is open; not with
 * `force`
 */
export async function planSiteRemoval(hub: HubAccess, options: SiteCheckOptions): Promise<FleetStep[]> {
  const { prefix, site, edgeDomain = domainOf(hub.streams, prefix, site) } = options;
  const sources = planSourceRemoval(hub, { prefix, site });
  const states = await planStates(hub, { prefix, site }, edgeDomain);
  if ([...sources, ...states].every(({ act }) => act === undefined)) {
    const text = "the hub has no source and no state of it: it was already removed, or the name is wrong";
    return [{ action: "keep", subject: `site ${site}`, text }];
  }
  await checkNoTransaction(hub, options);
  return [
    await checkRecordsAtHub(hub, options),
    ...sources,
    ...(edgeDomain === undefined ? [] : planNarrowedSource(hub, { prefix, site, domain: edgeDomain })),
    ...states,
    ...(edgeDomain === undefined
      ? []
      : await orNoteUnreachable(planEdgeSubjects(hub, options, edgeDomain), `at the edge ${edgeDomain}`)),
  ];
}

/**
 * Plans the removal of the retained messages of one meter, at the hub and at the edge of its site.
 *
 * @throws {FleetError} a process of the site has the meter, or its last status has an open transaction; not with `force`
 */
export async function planMeterRemoval(
  hub: HubAccess,
  { meter, ...options }: SiteCheckOptions & { readonly meter: string },
): Promise<FleetStep[]> {
  const { prefix, site, edgeDomain = domainOf(hub.streams, prefix, site), force } = options;
  if (!subjectToken.pattern.test(meter)) {
    throw new FleetUsageError(`"${meter}" is not the name of a meter: it must be ${subjectToken.allowed}`);
  }
  if (!force) await checkNotServed(hub, { ...options, meter });
  return await planStates(hub, { prefix, site, meter }, edgeDomain);
}

async function checkNotServed(
  hub: HubAccess,
  { meter, ...options }: SiteCheckOptions & { readonly meter: string },
): Promise<void> {
  const { prefix, site } = options;
  const status = await lastStatus(hub, options);
  const isListed = status?.state === "online" && meter in status.meters;
  if (isListed || await processWith(hub.connection, new Subjects(prefix, site), meter) !== undefined) {
    throw new FleetError(
      `The service of ${site} serves meter ${meter} and would publish its state again: remove it from the ` +
        "configuration there, and reload or restart the service; --force continues without this",
    );
  }
  const open = await openTransactionOf(hub, options, meter);
  if (open === undefined) return;
  throw new FleetError(
    `Meter ${meter} of ${site} has the open transaction ${open} in its last status: its record would not arrive here. ` +
      "Configure the meter again, so that its record is read; --force continues without this",
  );
}

/** Removes the old subjects at the edge of a renamed site. */
async function planEdgeSubjects(
  hub: HubAccess,
  { prefix, site }: SiteCheckOptions,
  edgeDomain: string,
): Promise<FleetStep[]> {
  const withoutRetries = { ...hub, retryLimit: { ...hub.retryLimit, untilMs: 0 } };
  return planDroppedSubjects(withoutRetries, await openEdge(withoutRetries, prefix, edgeDomain), { prefix, site });
}

async function planStates(hub: HubAccess, states: StateFilter, edgeDomain: string | undefined): Promise<FleetStep[]> {
  const { manager, connection, retryLimit } = hub;
  const atHub = await planStateRemoval({ where: "at the hub", manager }, states, retryLimit);
  if (edgeDomain === undefined) return atHub;
  const server = { where: `at the edge ${edgeDomain}`, manager: await jetstreamOf(connection, edgeDomain) };
  // The edge of a removed site may be gone for good: do not retry.
  const withoutRetries = { ...retryLimit, untilMs: 0 };
  return [...atHub, ...await orNoteUnreachable(planStateRemoval(server, states, withoutRetries), server.where)];
}

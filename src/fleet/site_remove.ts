import { openEdge, planDroppedSubjects } from "./edge_subjects.ts";
import { jetstreamOf } from "../nats/mod.ts";
import type { HubAccess } from "./hub_access.ts";
import { FleetError } from "./retries.ts";
import { orUnreachable, planStateRemoval, type StatesOf } from "./retained_states.ts";
import { checkCustody, checkNoTransaction, type CustodyOptions, lastStatus } from "./site_checks.ts";
import { domainOf, planNarrowedSource, planSourceRemoval } from "./site_sources.ts";
import type { FleetStep } from "./step.ts";

/**
 * Plans the removal of a site: its sources, and its retained states at the hub and at its edge. Its records and readings
 * stay at the hub.
 *
 * @throws {FleetError} a record is not at the hub, or nobody can say, or a transaction is open; not with `force`
 */
export async function planSiteRemoval(hub: HubAccess, options: CustodyOptions): Promise<FleetStep[]> {
  const { prefix, site, edgeDomain = domainOf(hub.streams, prefix, site) } = options;
  const sources = planSourceRemoval(hub, { prefix, site });
  const states = await planStates(hub, { prefix, site }, edgeDomain);
  if ([...sources, ...states].every(({ act }) => act === undefined)) {
    const text = "the hub has no source and no state of it: it was removed before, or its name is another one";
    return [{ action: "keep", subject: `site ${site}`, text }];
  }
  await checkNoTransaction(hub, options);
  return [
    await checkCustody(hub, options),
    ...sources,
    ...(edgeDomain === undefined ? [] : planNarrowedSource(hub, { prefix, site, domain: edgeDomain })),
    ...states,
    ...(edgeDomain === undefined
      ? []
      : await orUnreachable(dropped(hub, options, edgeDomain), `at the edge ${edgeDomain}`)),
  ];
}

/**
 * Plans the removal of what is retained of one meter, at the hub and at the edge of its site.
 *
 * @throws {FleetError} the service still serves the meter; not with `force`
 */
export async function planMeterRemoval(
  hub: HubAccess,
  { meter, ...options }: CustodyOptions & { readonly meter: string },
): Promise<FleetStep[]> {
  const { prefix, site, edgeDomain = domainOf(hub.streams, prefix, site), force } = options;
  const status = await lastStatus(hub, options);
  if (!force && status?.state === "online" && meter in status.meters) {
    throw new FleetError(
      `the service of ${site} has the meter ${meter} and would publish its state again: remove it from the configuration ` +
        "there and restart the service; --force goes on without that",
    );
  }
  return await planStates(hub, { prefix, site, meter }, edgeDomain);
}

/** The edge of a site that has another name by now. */
async function dropped(hub: HubAccess, { prefix, site }: CustodyOptions, edgeDomain: string): Promise<FleetStep[]> {
  const once = { ...hub, patience: { ...hub.patience, untilMs: 0 } };
  return planDroppedSubjects(once, await openEdge(once, prefix, edgeDomain), { prefix, site });
}

async function planStates(hub: HubAccess, states: StatesOf, edgeDomain: string | undefined): Promise<FleetStep[]> {
  const { manager, connection, patience } = hub;
  const atHub = await planStateRemoval({ where: "at the hub", manager }, states, patience);
  if (edgeDomain === undefined) return atHub;
  const place = { where: `at the edge ${edgeDomain}`, manager: await jetstreamOf(connection, edgeDomain) };
  // Whoever removes a site knows best whether its edge will come back.
  const once = { ...patience, untilMs: 0 };
  return [...atHub, ...await orUnreachable(planStateRemoval(place, states, once), place.where)];
}

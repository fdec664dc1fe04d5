import { type NodeStatusPayload, nodeStatusSchema, nodeToken, Subjects } from "../contract/mod.ts";
import { jetstreamOf, streamName } from "../nats/mod.ts";
import { auditSite } from "./audit.ts";
import type { FindingKind } from "./audit_result.ts";
import { orAbsent } from "./existing.ts";
import { Fleet } from "./fleet.ts";
import { failureText } from "./findings.ts";
import type { HubAccess } from "./hub_access.ts";
import { openTransaction, readStates } from "./list.ts";
import type { SiteAddress } from "./node_journals.ts";
import { FleetError, patiently } from "./retries.ts";
import { payloadOf } from "./payload.ts";
import { domainOf } from "./site_sources.ts";
import type { FleetStep } from "./step.ts";

/** A site whose records have to be at the hub. */
export interface CustodyOptions extends SiteAddress {
  /** Where its edge is now. @default where its sources say */
  readonly edgeDomain?: string | undefined;
  /** Go on whatever is found. */
  readonly force: boolean;
}

/**
 * Makes sure that the hub has every record of a site, before anything of it is removed or renamed: from the journals of
 * its processes or, where none runs, from what the last one said when it stopped.
 *
 * @throws {FleetError} a record is not at the hub, or nobody can say; not with `force`
 */
export async function checkCustody(hub: HubAccess, options: CustodyOptions): Promise<FleetStep> {
  const { prefix, site, force } = options;
  const { connection, domain } = hub;
  const found = await auditSite(connection, { prefix, site, domain });
  const subject = `records of ${site}`;
  const doubts = found.reached
    ? found.findings.filter(({ kind }) => aboutRecords.has(kind)).map(({ message }) => message)
    : await doubtsOfStopped(hub, options);
  if (doubts.length === 0) {
    const text = found.reached
      ? `all ${found.counts.journal} of the journal are here, and stay`
      : "the service has stopped with none undelivered";
    return { action: "keep", subject, text };
  }
  const text = doubts.join("; ");
  if (force) return { action: "keep", subject, text: `${text}; goes on because of --force` };
  throw new FleetError(`not every record of ${site} is known to be here: ${text}; --force goes on without them`);
}

/** What says that a record is not here; that a clock is wrong, for one, does not. */
const aboutRecords: ReadonlySet<FindingKind> = new Set(["unreachable", "missing", "unequal", "undelivered", "journal"]);

/**
 * Makes sure that no record of a site is on its way: that of an open transaction would come when the site is gone.
 *
 * @throws {FleetError} a transaction is open, or the states cannot be read; not with `force`
 */
export async function checkNoTransaction(hub: HubAccess, { prefix, site, force }: CustodyOptions): Promise<void> {
  if (force) return;
  const fleet = new Fleet();
  try {
    await readStates(hub.connection, fleet, { prefix, site, domain: hub.domain });
  } catch (error) {
    throw new FleetError(
      `cannot read whether transactions of ${site} are open: ${
        failureText(error)
      }; --force continues without this check`,
      { cause: error },
    );
  }
  const open = fleet.meters.flatMap(openTransaction);
  if (open.length === 0) return;
  const which = open.map(([meter, id]) => `${id === "" ? "one" : id} on ${meter}`).join(", ");
  throw new FleetError(
    `transactions of ${site} are open (${which}), whose records would not come here: stop them first`,
  );
}

/** Why records could be missing that a service which does not answer has made. */
async function doubtsOfStopped(hub: HubAccess, options: CustodyOptions): Promise<string[]> {
  const { site } = options;
  const status = await lastStatus(hub, options);
  if (status === undefined) return [`no service of ${site} answers, and none has left a status`];
  const { state, undelivered_records: undelivered } = status;
  const missing = await missingAtHub(hub, options);
  return [
    ...(state === "stopped" ? [] : ["its service does not answer and has not stopped by itself; start it, or stop it"]),
    ...(undelivered === 0 ? [] : [`${undelivered} records were undelivered when its service spoke last`]),
    ...(missing === undefined || missing === 0 ? [] : [`${missing} records are in the stream of its edge only`]),
  ];
}

/** What the process of a site reported last; undefined: nothing, or something that is none of ours. */
export async function lastStatus(
  { manager, patience }: HubAccess,
  { prefix, site }: CustodyOptions,
): Promise<NodeStatusPayload | undefined> {
  const subject = new Subjects(prefix, site).status(nodeToken);
  const ask = () => orAbsent(manager.streams.getMessage(streamName(prefix, "state"), { last_by_subj: subject }));
  const message = await patiently(`read the last ${subject}`, ask, patience);
  return message && nodeStatusSchema.safeParse(payloadOf(message.data)).data;
}

/** How many more records the edge has than the hub; undefined where there is no edge, or it cannot be reached. */
async function missingAtHub(
  hub: HubAccess,
  { prefix, site, edgeDomain = domainOf(hub.streams, prefix, site) }: CustodyOptions,
): Promise<number | undefined> {
  if (edgeDomain === undefined) return undefined;
  const edge = await jetstreamOf(hub.connection, edgeDomain);
  const stream = streamName(prefix, "ocmf");
  const filter = { subjects_filter: new Subjects(prefix, site).record("*") };
  const there = await edge.streams.info(stream, filter).catch(() => undefined);
  if (there === undefined) return undefined;
  const look = () => hub.manager.streams.info(stream, filter);
  const here = await patiently(`look at the stream ${stream}`, look, hub.patience);
  const counts = Object.entries(there.state.subjects ?? {});
  return counts.reduce((sum, [subject, count]) => sum + Math.max(0, count - (here.state.subjects?.[subject] ?? 0)), 0);
}

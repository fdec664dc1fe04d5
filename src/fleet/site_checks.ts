import { type NodeStatusPayload, nodeStatusSchema, nodeToken, statusSchema, Subjects } from "../contract/mod.ts";
import { jetstreamOf, streamName } from "../nats/mod.ts";
import { auditSite } from "./audit.ts";
import type { FindingKind } from "./audit_result.ts";
import { orUndefined } from "./existing.ts";
import { Fleet } from "./fleet.ts";
import { failureText } from "./findings.ts";
import type { HubAccess } from "./hub_access.ts";
import { openTransaction, readStates } from "./list.ts";
import type { SiteAddress } from "./node_journals.ts";
import { FleetError, withRetries } from "./retries.ts";
import { payloadOf } from "./payload.ts";
import { domainOf } from "./site_sources.ts";
import type { FleetStep } from "./step.ts";

/** A site whose records must be at the hub. */
export interface SiteCheckOptions extends SiteAddress {
  /** JetStream domain of its edge server. @default from its sources */
  readonly edgeDomain?: string | undefined;
  /** Continue in spite of findings. */
  readonly force: boolean;
}

/**
 * Checks that the hub has every record of a site before the site is removed or renamed: from the journals of its nodes
 * or, if none runs, from the last status of a stopped node.
 *
 * @throws {FleetError} a record is missing at the hub, or this cannot be checked; not with `force`
 */
export async function checkRecordsAtHub(hub: HubAccess, options: SiteCheckOptions): Promise<FleetStep> {
  const { prefix, site, force } = options;
  const { connection, domain } = hub;
  const found = await auditSite(connection, { prefix, site, domain });
  const subject = `records of ${site}`;
  const reasons = found.reached
    ? found.findings.filter(({ kind }) => recordFindings.has(kind)).map(({ message }) => message)
    : await reasonsOfStopped(hub, options);
  if (reasons.length === 0) {
    const text = found.reached
      ? `all ${found.counts.journal} records of the journal are here, and stay`
      : "the service stopped without undelivered records";
    return { action: "keep", subject, text };
  }
  const text = reasons.join("; ");
  if (force) return { action: "keep", subject, text: `${text}; continues because of --force` };
  throw new FleetError(`Records of ${site} may be missing here: ${text}; --force continues without them`);
}

/** Findings that affect records; a wrong clock, for example, does not. */
const recordFindings: ReadonlySet<FindingKind> = new Set([
  "unreachable",
  "missing",
  "unequal",
  "undelivered",
  "journal",
]);

/**
 * Checks that a site has no open transaction: its record would arrive after the site is removed.
 *
 * @throws {FleetError} a transaction is open, or the states cannot be read; not with `force`
 */
export async function checkNoTransaction(hub: HubAccess, { prefix, site, force }: SiteCheckOptions): Promise<void> {
  if (force) return;
  const fleet = new Fleet();
  try {
    await readStates(hub.connection, fleet, { prefix, site, domain: hub.domain });
  } catch (error) {
    throw new FleetError(
      `Cannot check for open transactions of ${site}: ${failureText(error)}; --force continues without this check`,
      { cause: error },
    );
  }
  const open = fleet.meters.flatMap(openTransaction);
  if (open.length === 0) return;
  const which = open.map(([meter, id]) => `${id === "" ? "one" : id} on ${meter}`).join(", ");
  throw new FleetError(
    `Open transactions of ${site} (${which}): their records would not arrive here. Stop them first`,
  );
}

/** Why records of a service that does not answer may be missing. */
async function reasonsOfStopped(hub: HubAccess, options: SiteCheckOptions): Promise<string[]> {
  const { site } = options;
  const status = await lastStatus(hub, options);
  if (status === undefined) return [`no service of ${site} answers, and there is no status of one`];
  const { state, undelivered_records: undelivered } = status;
  const missing = await missingAtHub(hub, options);
  return [
    ...(state === "stopped" ? [] : ["its service does not answer and did not stop normally; start it, or stop it"]),
    ...(undelivered === 0 ? [] : [`${undelivered} records were undelivered at the last status of its service`]),
    ...(missing === undefined || missing === 0 ? [] : [`${missing} records are only in the stream of its edge`]),
  ];
}

/** Returns the last status of the node of a site; undefined if there is none, or if it is invalid. */
export async function lastStatus(hub: HubAccess, options: SiteCheckOptions): Promise<NodeStatusPayload | undefined> {
  return nodeStatusSchema.safeParse(await lastStatusOf(hub, options, nodeToken)).data;
}

/** Returns the id of the open transaction in the last status of a meter; undefined if there is none. */
export async function openTransactionOf(
  hub: HubAccess,
  options: SiteCheckOptions,
  meter: string,
): Promise<string | undefined> {
  const status = statusSchema.safeParse(await lastStatusOf(hub, options, meter)).data;
  const open = status && openTransaction({ site: options.site, meter, status, faults: new Map() });
  return open?.[0]?.[1];
}

async function lastStatusOf(
  { manager, retryLimit }: HubAccess,
  { prefix, site }: SiteCheckOptions,
  meter: string,
): Promise<unknown> {
  const subject = new Subjects(prefix, site).status(meter);
  const ask = () => orUndefined(manager.streams.getMessage(streamName(prefix, "state"), { last_by_subj: subject }));
  const message = await withRetries(`read the last ${subject}`, ask, retryLimit);
  return message && payloadOf(message.data);
}

/**
 * Returns how many records of the edge are missing at the hub; undefined if the edge is missing or cannot be reached.
 */
async function missingAtHub(
  hub: HubAccess,
  { prefix, site, edgeDomain = domainOf(hub.streams, prefix, site) }: SiteCheckOptions,
): Promise<number | undefined> {
  if (edgeDomain === undefined) return undefined;
  const edge = await jetstreamOf(hub.connection, edgeDomain);
  const stream = streamName(prefix, "ocmf");
  const filter = { subjects_filter: new Subjects(prefix, site).record("*") };
  const edgeInfo = await edge.streams.info(stream, filter).catch(() => undefined);
  if (edgeInfo === undefined) return undefined;
  const look = () => hub.manager.streams.info(stream, filter);
  const hubInfo = await withRetries(`read the stream ${stream}`, look, hub.retryLimit);
  const counts = Object.entries(edgeInfo.state.subjects ?? {});
  return counts.reduce(
    (sum, [subject, count]) => sum + Math.max(0, count - (hubInfo.state.subjects?.[subject] ?? 0)),
    0,
  );
}

import type { NatsConnection } from "nats";
import { jetstreamOf } from "../nats/mod.ts";
import { type AuditOptions, auditSite } from "./audit.ts";
import type { Finding, SiteAudit } from "./audit_result.ts";
import { checkHub, type HubScope } from "./check_hub.ts";
import { recordSources } from "./find_stream.ts";
import { failureText } from "./findings.ts";
import { listFleet } from "./list.ts";

/** What to audit; without a site all of them. */
export type FleetAuditOptions = Omit<AuditOptions, "site"> & { readonly site?: string | undefined };

/**
 * Audits a fleet: each site that has a status at the hub, answers, or is a source of the hub, and the hub itself.
 *
 * @param onSite is called with each site as it is done
 * @returns what is wrong with the hub
 */
export async function auditFleet(
  connection: NatsConnection,
  options: FleetAuditOptions,
  onSite: (audit: SiteAudit) => void,
): Promise<Finding[]> {
  const { site, prefix, domain, repair = false } = options;
  const manager = await jetstreamOf(connection, domain, answerMs);
  const scope = { connection, manager, prefix };
  const { sites, troubles } = site === undefined ? await sitesOf(scope, domain) : { sites: [site], troubles: [] };
  const waiting = [...sites];
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      onSite(await auditSite(connection, { ...options, site: next }));
    }
  };
  // A repair changes the hub's streams, one site after the other
  await Promise.all(Array.from({ length: repair ? 1 : sitesAtOnce }, work));
  return [...troubles, ...await checkHub(scope)];
}

async function sitesOf(
  { connection, manager, prefix }: HubScope,
  domain: string | undefined,
): Promise<{ readonly sites: readonly string[]; readonly troubles: readonly Finding[] }> {
  const { sites, troubles } = await listFleet(connection, { prefix, domain });
  const found = new Set(sites.map(({ site }) => site));
  const findings = troubles.map((message): Finding => ({ kind: "stream", message }));
  try {
    for (const source of await recordSources(manager, prefix)) found.add(source);
  } catch (error) {
    findings.push({ kind: "stream", message: `Cannot look for the stream of records: ${failureText(error)}` });
  }
  return { sites: [...found].sort(), troubles: findings };
}

const sitesAtOnce = 8;
const answerMs = 10_000;

import type { NatsConnection } from "nats";
import { jetstreamOf } from "../nats/mod.ts";
import { type AuditOptions, auditSite } from "./audit.ts";
import type { Finding, SiteAudit } from "./audit_result.ts";
import { checkHub, type HubScope } from "./check_hub.ts";
import { recordSources } from "./find_stream.ts";
import { failureText } from "./findings.ts";
import { listFleet } from "./list.ts";

/** Options of an audit; without a site, all sites are audited. */
export type FleetAuditOptions = Omit<AuditOptions, "site"> & { readonly site?: string | undefined };

/**
 * Audits a fleet: the hub, and each site that has a status at the hub, answers, or is a source of the hub.
 *
 * @param onSite receives the result of each site
 * @returns findings of the hub
 */
export async function auditFleet(
  connection: NatsConnection,
  options: FleetAuditOptions,
  onSite: (audit: SiteAudit) => void,
): Promise<Finding[]> {
  const { site, prefix, domain, repair = false } = options;
  const manager = await jetstreamOf(connection, domain, answerMs);
  const scope = { connection, manager, prefix };
  const { sites, problems } = site === undefined ? await sitesOf(scope, domain) : { sites: [site], problems: [] };
  const waiting = [...sites];
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      onSite(await auditSite(connection, { ...options, site: next }));
    }
  };
  // A repair changes the streams of the hub: one site at a time
  await Promise.all(Array.from({ length: repair ? 1 : sitesAtOnce }, work));
  return [...problems, ...await checkHub(scope)];
}

async function sitesOf(
  { connection, manager, prefix }: HubScope,
  domain: string | undefined,
): Promise<{ readonly sites: readonly string[]; readonly problems: readonly Finding[] }> {
  const { sites, problems } = await listFleet(connection, { prefix, domain });
  const found = new Set(sites.map(({ site }) => site));
  const findings = problems.map((message): Finding => ({ kind: "stream", message }));
  try {
    for (const source of await recordSources(manager, prefix)) found.add(source);
  } catch (error) {
    findings.push({ kind: "stream", message: `Cannot find the stream of records: ${failureText(error)}` });
  }
  return { sites: [...found].sort(), problems: findings };
}

const sitesAtOnce = 8;
const answerMs = 10_000;

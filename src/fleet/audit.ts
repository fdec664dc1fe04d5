import type { NatsConnection } from "nats";
import { apiPrefix, jetstreamOf } from "../nats/mod.ts";
import { type AuditCounts, type Finding, nothingCounted, type SiteAudit } from "./audit_result.ts";
import type { Comparison, PaginationGap } from "./compare.ts";
import { Findings, recordsText } from "./findings.ts";
import { lookAtSite, type SiteScope, type SiteView } from "./site_view.ts";
import { repairSite } from "./repair.ts";
import { edgeStream, sourceName, sourceTrouble } from "./sources.ts";

/** What to audit, and how. */
export interface AuditOptions {
  readonly site: string;
  /** Beginning of all subjects. */
  readonly prefix: string;
  /** JetStream domain of the hub, unless it is that of the server itself. */
  readonly domain?: string | undefined;
  /** Only records that were read from their meters at this time or later, milliseconds since 1970. @default all */
  readonly sinceMs?: number | undefined;
  /** Whether to correct what can be corrected. @default false */
  readonly repair?: boolean;
}

/**
 * Compares the journals of a site with the records at the hub, or at the single server that all nodes publish to. Never
 * throws for what is wrong with the site: that is a finding.
 *
 * @param connection of an administrator, at the hub
 */
export async function auditSite(
  connection: NatsConnection,
  { site, prefix, domain, sinceMs, repair = false }: AuditOptions,
): Promise<SiteAudit> {
  const manager = await jetstreamOf(connection, domain, answerMs);
  const scope = { connection, manager, api: apiPrefix(domain), prefix, site, sinceMs };
  let view = await lookAtSite(scope);
  const repairs = repair ? await repairSite(scope, view) : [];
  if (repairs.length > 0) view = await lookAtSite(scope);
  return {
    site,
    reached: view.journals.length > 0,
    counts: countsOf(view),
    findings: await findingsOf(scope, view),
    repairs,
  };
}

function countsOf({ journals, comparison }: SiteView): AuditCounts {
  const undelivered = journals.reduce((sum, journal) => sum + journal.undelivered, 0);
  const { journal, hub, copies, onlyAtHub } = comparison ?? nothingCounted;
  return { nodes: journals.length, journal, undelivered, hub, copies, onlyAtHub };
}

async function findingsOf(scope: SiteScope, view: SiteView): Promise<Finding[]> {
  const findings = new Findings();
  findings.list.push(...view.findings);
  await checkSources(scope, view, findings);
  if (view.comparison !== undefined) checkRecords(view.comparison, scope.site, findings);
  return findings.list;
}

async function checkSources(scope: SiteScope, { hub, sources }: SiteView, findings: Findings): Promise<void> {
  if (hub === undefined) return;
  const { name, subjects = [], sources: all = [] } = hub.config;
  if (sources.length === 0 && (all.length > 0 || subjects.every((subject) => subject === name))) {
    findings.add(
      "source",
      `Stream ${name} has no source for site ${scope.site}; add it with fleet site add, or check the name`,
    );
  }
  for (const source of sources) {
    const trouble = sourceTrouble(source);
    if (trouble === undefined) continue;
    const remedy = await edgeStream(scope.connection, source) === undefined
      ? "its stream is not reached from here either: check the leaf connection and the edge server"
      : "its stream is reached from here: run fleet audit --repair";
    findings.add("source", `The source of ${name}, ${sourceName(source)}, ${trouble}; ${remedy}`);
  }
}

function checkRecords({ missing, unequal, gaps }: Comparison, site: string, findings: Findings): void {
  if (missing.length > 0) {
    findings.add(
      "missing",
      `Not at the hub although delivered: ${recordsText(missing.length)}; run fleet audit --site ${site} --repair`,
      missing.map(({ entry }) => entry.message_id),
    );
  }
  if (unequal.length > 0) {
    findings.add(
      "unequal",
      `${unequal.length} message ids stand for different records; compare them by hand and bill none of them before`,
      unequal,
    );
  }
  for (const gap of gaps) findings.add("pagination_gap", gapText(gap));
}

function gapText({ meterId, first, last }: PaginationGap): string {
  const numbers = first === last ? `number T${first} is` : `numbers T${first} to T${last} are`;
  return `The ${numbers} in no record of meter ${meterId}, neither in a journal nor at the hub; ` +
    "look for a transaction without Wattseal, a lost journal, or another site where the meter was";
}

const answerMs = 10_000;

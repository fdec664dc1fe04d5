import type { NatsConnection } from "nats";
import { countText } from "../base/text.ts";
import { apiPrefix, jetstreamOf } from "../nats/mod.ts";
import { type AuditCounts, emptyCounts, type Finding, type SiteAudit } from "./audit_result.ts";
import type { Comparison, PaginationGap } from "./compare.ts";
import { Findings } from "./findings.ts";
import { readSite, type SiteScope, type SiteView } from "./site_view.ts";
import { repairSite } from "./repair.ts";
import { edgeStream, sourceName, sourceProblem } from "./sources.ts";

/** Options of an audit. */
export interface AuditOptions {
  readonly site: string;
  /** Prefix of all subjects. */
  readonly prefix: string;
  /** JetStream domain of the hub. @default that of the connected server */
  readonly domain?: string | undefined;
  /** Only records read from their meters at this time or later, in milliseconds since 1970. @default all */
  readonly sinceMs?: number | undefined;
  /** Whether to repair findings. @default false */
  readonly repair?: boolean;
}

/**
 * Compares the journals of a site with the records at the hub, or at the single server of all nodes. Problems of the
 * site become findings, not errors.
 *
 * @param connection connection of an administrator to the hub
 */
export async function auditSite(
  connection: NatsConnection,
  { site, prefix, domain, sinceMs, repair = false }: AuditOptions,
): Promise<SiteAudit> {
  const manager = await jetstreamOf(connection, domain, answerMs);
  const scope = { connection, manager, api: apiPrefix(domain), prefix, site, sinceMs };
  let view = await readSite(scope);
  const repairs = repair ? await repairSite(scope, view) : [];
  if (repairs.length > 0) view = await readSite(scope);
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
  const { journal, hub, copies, onlyAtHub } = comparison ?? emptyCounts;
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
    const problem = sourceProblem(source);
    if (problem === undefined) continue;
    const remedy = await edgeStream(scope.connection, source) === undefined
      ? "its stream cannot be reached from here either: check the leaf connection and the edge server"
      : "its stream can be reached from here: run fleet audit --repair";
    findings.add("source", `The source of ${name}, ${sourceName(source)}, ${problem}; ${remedy}`);
  }
}

function checkRecords({ missing, unequal, gaps }: Comparison, site: string, findings: Findings): void {
  if (missing.length > 0) {
    findings.add(
      "missing",
      `Delivered but missing at the hub: ${
        countText(missing.length, "record")
      }; run fleet audit --site ${site} --repair`,
      missing.map(({ entry }) => entry.message_id),
    );
  }
  if (unequal.length > 0) {
    findings.add(
      "unequal",
      `${unequal.length} message ids have different records; compare them by hand before you bill them`,
      unequal,
    );
  }
  for (const gap of gaps) findings.add("pagination_gap", gapText(gap));
}

function gapText({ meterId, first, last }: PaginationGap): string {
  const numbers = first === last ? `number T${first} is` : `numbers T${first} to T${last} are`;
  return `The ${numbers} in no record of meter ${meterId}, neither in a journal nor at the hub; check for a ` +
    "transaction without Wattseal, a lost journal, or another site of the meter";
}

const answerMs = 10_000;

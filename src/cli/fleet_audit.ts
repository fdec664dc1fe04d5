import type { NatsConnection } from "nats";
import { countText } from "../base/text.ts";
import { auditFleet, type Finding, isClean, type SiteAudit } from "../fleet/mod.ts";
import { type Bus, withBus } from "./bus_client.ts";
import type { ConnectionOptions } from "./connection_options.ts";
import { exitCode, type Io } from "./io.ts";
import { jsonLine, lines } from "./safe_text.ts";

/** Scope of the audit. */
export interface FleetAuditArguments extends ConnectionOptions {
  /** This site only. */
  readonly site?: string;
  /** Only records read at this time or later, milliseconds since 1970. */
  readonly sinceMs?: number;
  readonly repair: boolean;
  readonly json: boolean;
}

type AuditIo = Pick<Io, "out" | "err" | "env">;

/**
 * Audits a fleet.
 *
 * @returns the exit code: 0 all is clean, also after a repair, 1 something is wrong, 2 wrong usage, 3 no connection to
 * NATS, or the only finding is that nodes do not answer
 */
export function fleetAudit(args: FleetAuditArguments, io: AuditIo): Promise<number> {
  return withBus(args, io, (client, bus) => auditOn(client, bus, args, io));
}

async function auditOn(client: NatsConnection, bus: Bus, args: FleetAuditArguments, io: AuditIo): Promise<number> {
  const { site, sinceMs, repair, json } = args;
  const { prefix, jetstream: { domain } } = bus;
  const audits: SiteAudit[] = [];
  const hub = await auditFleet(client, { site, prefix, domain, sinceMs, repair }, (audit) => {
    audits.push(audit);
    if (json) io.out(jsonLine(objectOf(audit)));
    else io.out(lines(...siteText(audit)));
  });
  if (json) io.out(jsonLine({ hub: true, clean: hub.length === 0, findings: hub.map(findingObject) }));
  else io.out(lines(...hub.map((finding) => `hub: ${findingText(finding)}`), summary(audits, hub)));
  if (audits.length === 0) {
    io.err(
      lines(
        `No site found: none has a status under ${prefix}, answers, or is a source. Check --prefix and the ` +
          "connection",
      ),
    );
    return exitCode.failed;
  }
  const isWrong = ({ findings }: SiteAudit) => findings.some(({ kind }) => kind !== "unreachable");
  if (hub.length > 0 || audits.some(isWrong)) return exitCode.failed;
  return audits.every(isClean) ? exitCode.done : exitCode.unreachable;
}

function siteText(audit: SiteAudit): string[] {
  const { site, reached, counts, findings, repairs } = audit;
  const verdict = !reached ? "NOT REACHED" : isClean(audit) ? "clean" : countText(findings.length, "finding");
  const compared = `${countText(counts.journal, "record")} in ${
    countText(counts.nodes, "journal")
  }, ${counts.hub} at the hub`;
  const rest = [
    ...(counts.undelivered > 0 ? [`${counts.undelivered} not yet delivered`] : []),
    ...(counts.copies > 0 ? [`${counts.copies} identical copies`] : []),
    ...(counts.onlyAtHub > 0 ? [`${counts.onlyAtHub} only at the hub`] : []),
  ];
  return [
    `${site}: ${verdict}${reached ? `; ${[compared, ...rest].join(", ")}` : ""}`,
    ...repairs.map((step) => `  repair: ${step}`),
    ...findings.map((finding) => `  ${findingText(finding)}`),
  ];
}

function findingText({ kind, message, messageIds = [] }: Finding): string {
  const ids = messageIds.length === 0 ? "" : `: ${messageIds.slice(0, maxShownIds).join(", ")}`;
  return `${kind.replaceAll("_", " ")}: ${message}${ids}${messageIds.length > maxShownIds ? ", ..." : ""}`;
}

function summary(audits: readonly SiteAudit[], hub: readonly Finding[]): string {
  const clean = audits.filter(isClean).length;
  const silent = audits.filter(({ reached }) => !reached).length;
  return `${countText(audits.length, "site")}: ${clean} clean, ${audits.length - clean - silent} with findings, ` +
    `${silent} not reached; hub: ${hub.length === 0 ? "clean" : countText(hub.length, "finding")}`;
}

/** A site as JSON. */
function objectOf(audit: SiteAudit): object {
  const { site, reached, counts, findings, repairs } = audit;
  const { nodes, journal, undelivered, hub, copies, onlyAtHub } = counts;
  return {
    site,
    reached,
    clean: isClean(audit),
    nodes,
    journal,
    undelivered,
    hub,
    copies,
    only_at_hub: onlyAtHub,
    findings: findings.map(findingObject),
    repairs,
  };
}

function findingObject({ kind, message, messageIds }: Finding): object {
  return { kind, message, ...(messageIds === undefined ? {} : { message_ids: messageIds }) };
}

const maxShownIds = 5;

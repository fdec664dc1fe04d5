import type { JetStreamManager, NatsConnection, StreamInfo } from "nats";
import { systemTime } from "../base/time.ts";
import { Subjects } from "../contract/mod.ts";
import { streamName } from "../nats/mod.ts";
import type { Finding } from "./audit_result.ts";
import { compareRecords, type Comparison, type MissingRecord } from "./compare.ts";
import { receivesNothing } from "./existing.ts";
import { findStream } from "./find_stream.ts";
import { Findings } from "./findings.ts";
import { type HubRecords, readHubRecords } from "./hub_records.ts";
import { findInstances, type NodeJournal, readJournal, type SiteAddress } from "./node_journals.ts";
import { checkStates } from "./site_states.ts";
import { type HubSource, sourcesOf } from "./sources.ts";

/** A site, and access to its records. */
export interface SiteScope extends SiteAddress {
  readonly connection: NatsConnection;
  readonly manager: JetStreamManager;
  /** Prefix of JetStream requests at the hub. */
  readonly api: string;
  readonly sinceMs: number | undefined;
}

/** The state of a site at one point in time. */
export interface SiteView {
  /** The stream of records. */
  readonly hub: StreamInfo | undefined;
  /** Its sources of the site's records; empty if nodes publish to the stream itself. */
  readonly sources: readonly HubSource[];
  readonly journals: readonly NodeJournal[];
  /** Undefined if there was nothing to compare. */
  readonly comparison: Comparison | undefined;
  /** Unreachable parts, and problems that the node reports. */
  readonly findings: readonly Finding[];
}

/** Subject of the records of a site, with a wildcard. */
export function recordsOf({ prefix, site }: SiteAddress): string {
  return new Subjects(prefix, site).record("*");
}

/** Reads the journals of a site and its records. Everything that cannot be reached becomes a finding. */
export async function readSite(scope: SiteScope): Promise<SiteView> {
  const { prefix, manager } = scope;
  const findings = new Findings();
  const journals = await readJournals(scope, findings);
  const hub = await findings.attempt("stream", "find the stream of records", async () => {
    const found = await findStream(manager, prefix, "ocmf");
    if (found === undefined) {
      throw new Error(
        `the stream ${streamName(prefix, "ocmf")} is missing; create it ` +
          "with fleet setup",
      );
    }
    return found;
  });
  const sources = hub === undefined ? [] : sourcesOf(hub, recordsOf(scope));
  const comparison = hub === undefined || receivesNothing(hub.config) ? undefined : await findings.attempt(
    "stream",
    `compare with the stream ${hub.config.name}`,
    () => compare(scope, { hub, sources, journals }, findings),
  );
  if (journals.length > 0) await readStates(scope, journals, findings);
  return { hub, sources, journals, comparison, findings: findings.list };
}

async function readJournals(scope: SiteScope, findings: Findings): Promise<NodeJournal[]> {
  const { connection, site, sinceMs } = scope;
  const instances = await findings.attempt("unreachable", `find the nodes of site ${site}`, async () => {
    const found = await findInstances(connection, scope);
    if (found.length > 0) return found;
    throw new Error("no node answers; it is off, its link is down, or its release does not support this request");
  });
  const journals: NodeJournal[] = [];
  for (const instance of instances ?? []) {
    const doing = `read the journal of node ${instance} of site ${site}`;
    const journal = await findings.attempt(
      "unreachable",
      doing,
      () => readJournal(connection, scope, { instance, sinceMs }),
    );
    if (journal !== undefined) journals.push(journal);
  }
  return journals;
}

async function compare(
  scope: SiteScope,
  { hub, sources, journals }: Pick<SiteView, "sources" | "journals"> & { hub: StreamInfo },
  findings: Findings,
): Promise<Comparison> {
  const { connection, api, prefix, site, sinceMs } = scope;
  const retentionMs = hub.config.max_age === 0 ? Infinity : hub.config.max_age / 1e6;
  const read = () => readHubRecords(connection, { stream: hub.config.name, api, prefix, site });
  const compared = ({ records }: HubRecords) => compareRecords(journals, records, { sinceMs, retentionMs });
  const first = await read();
  checkClocks(journals, first, findings);
  let comparison = compared(first);
  // A hub receives messages from its sources with a delay
  const isBehind = sources.some(({ info }) => info !== undefined && info.lag > 0);
  const limitMs = sources.length === 0 ? 0 : isBehind ? maxIdleMs.behind : maxIdleMs.level;
  for (let idleMs = 0; comparison.missing.some(mayStillArrive) && idleMs < limitMs;) {
    await systemTime.sleep(pollMs);
    const before = comparison.missing.length;
    comparison = compared(await read());
    idleMs = comparison.missing.length < before ? 0 : idleMs + pollMs;
  }
  return comparison;
}

function mayStillArrive({ ageMs }: MissingRecord): boolean {
  return ageMs < recentMs;
}

/** Compares clocks with that of the hub, never with the clock of this machine. */
function checkClocks(journals: readonly NodeJournal[], { clock: hub }: HubRecords, findings: Findings): void {
  for (const { instance, clock } of journals) {
    const offsetMs = clock.nodeMs - hub.serverMs - (clock.monoMs - hub.monoMs);
    if (Math.abs(offsetMs) <= maxOffsetMs) continue;
    const text = `${Math.round(Math.abs(offsetMs) / 1000)} s ${offsetMs < 0 ? "behind" : "ahead of"}`;
    findings.add("clock", `The clock of node ${instance} is ${text} that of the server; check NTP on both`);
  }
}

async function readStates(scope: SiteScope, journals: readonly NodeJournal[], findings: Findings): Promise<void> {
  const { connection, manager, api, prefix, site } = scope;
  await findings.attempt("stream", "read the states of the site", async () => {
    const state = await findStream(manager, prefix, "state");
    if (state === undefined) {
      throw new Error(
        `the stream ${streamName(prefix, "state")} is missing; create it ` +
          "with fleet setup",
      );
    }
    await checkStates(connection, { prefix, site, api, stream: state.config.name }, journals, findings);
  });
}

const recentMs = 60_000;
/** How long to wait without new arrivals before missing records count as lost. */
const maxIdleMs = { behind: 15_000, level: 3_000 };
const pollMs = 1_000;
const maxOffsetMs = 10_000;

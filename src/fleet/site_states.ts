import type { NatsConnection } from "nats";
import { type NodeStatusPayload, nodeStatusSchema, nodeToken, statusSchema, Subjects } from "../contract/mod.ts";
import type { FindingKind } from "./audit_result.ts";
import type { Findings } from "./findings.ts";
import { lifeMs } from "./fleet.ts";
import type { NodeJournal, SiteAddress } from "./node_journals.ts";
import { payloadOf } from "./payload.ts";
import { readStream, type StreamSlice } from "./read_stream.ts";

/** Faults of a process that concern its records, and what kind of finding each is. */
const concerning: Readonly<Record<string, FindingKind>> = {
  RecordsUndelivered: "undelivered",
  RecordRefused: "undelivered",
  JetStreamFull: "room",
  DiskSpaceLow: "room",
  StreamUnsafe: "stream",
  DuplicateSite: "duplicate_node",
  AccessDenied: "access",
  JournalFailed: "journal",
  JournalDamaged: "journal",
  ClockNotSynchronised: "clock",
};

/**
 * Looks at what is kept of a site's states: faults that the process reports, and meters that no process which answered
 * serves. A status of the process that is older than it is good for says nothing.
 */
export async function checkStates(
  connection: NatsConnection,
  { prefix, site, ...state }: SiteAddress & Pick<StreamSlice, "stream" | "api">,
  journals: readonly NodeJournal[],
  findings: Findings,
): Promise<void> {
  const root = `${prefix}.${site}.`;
  const served = new Set(journals.flatMap(({ meters }) => meters));
  const unserved: string[] = [];
  let node: NodeStatusPayload | undefined;
  await readStream(
    connection,
    { ...state, filter: new Subjects(prefix, site).status("*"), last: true },
    ({ subject, data, ageMs }) => {
      const meter = subject.slice(root.length).split(".")[0] ?? "";
      if (meter === nodeToken) {
        const read = nodeStatusSchema.safeParse(payloadOf(data)).data;
        if (read !== undefined && ageMs < lifeMs(read)) node = read;
      } else if (!served.has(meter) && statusSchema.safeParse(payloadOf(data)).data?.state !== "stopped") {
        unserved.push(meter);
      }
    },
  );
  for (const { sub_type: subType, message, since } of node?.faults ?? []) {
    const kind = concerning[subType];
    if (kind !== undefined) findings.add(kind, `The node has the fault ${subType} since ${since}: ${message}`);
  }
  for (const meter of unserved.sort()) {
    findings.add(
      "unreachable",
      `No process that answers serves meter ${meter}, which has not stopped: its process is not reached; or, if the ` +
        `meter has another name now, run fleet site remove ${site} --meter ${meter}`,
    );
  }
}

import type { NatsConnection } from "nats";
import { type NodeStatusPayload, nodeStatusSchema, nodeToken, statusSchema, Subjects } from "../contract/mod.ts";
import type { FindingKind } from "./audit_result.ts";
import type { Findings } from "./findings.ts";
import { validityMs } from "./fleet.ts";
import type { NodeJournal, SiteAddress } from "./node_journals.ts";
import { payloadOf } from "./payload.ts";
import { readStream, type StreamSlice } from "./read_stream.ts";

/** Faults of a node that affect its records, with the kind of finding. */
const findingKinds: Readonly<Record<string, FindingKind>> = {
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
 * Checks the retained states of a site: active faults of the node, and meters that no answering node serves. An expired
 * status of the node is ignored.
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
        if (read !== undefined && ageMs < validityMs(read)) node = read;
      } else if (!served.has(meter) && statusSchema.safeParse(payloadOf(data)).data?.state !== "stopped") {
        unserved.push(meter);
      }
    },
  );
  for (const { sub_type: subType, message, since } of node?.faults ?? []) {
    const kind = findingKinds[subType];
    if (kind !== undefined) findings.add(kind, `The node has the fault ${subType} since ${since}: ${message}`);
  }
  for (const meter of unserved.sort()) {
    findings.add(
      "unreachable",
      `No answering node serves meter ${meter}, which is not stopped: its node cannot be reached. If the meter was ` +
        `renamed or removed, run fleet site remove ${site} --meter ${meter}`,
    );
  }
}

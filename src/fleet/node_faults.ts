import type { NatsConnection } from "nats";
import { type NodeStatusPayload, nodeStatusSchema, nodeToken } from "../nats/mod.ts";
import type { Finding, FindingKind } from "./audit_result.ts";
import { lifeMs } from "./fleet.ts";
import type { SiteAddress } from "./node_journals.ts";
import { readStream, type StreamSlice } from "./read_stream.ts";
import { payloadOf } from "./payload.ts";

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

/** What a site's node reports of itself; a status that is older than it is good for says nothing. */
export async function faultFindings(
  connection: NatsConnection,
  { prefix, site, ...state }: SiteAddress & Pick<StreamSlice, "stream" | "api">,
): Promise<Finding[]> {
  let status: NodeStatusPayload | undefined;
  const filter = `${prefix}.${site}.${nodeToken}.status`;
  await readStream(connection, { ...state, filter, last: true }, ({ data, ageMs }) => {
    const read = nodeStatusSchema.safeParse(payloadOf(data)).data;
    if (read !== undefined && ageMs < lifeMs(read)) status = read;
  });
  return (status?.faults ?? []).flatMap(({ sub_type: subType, message, since }) => {
    const kind = concerning[subType];
    return kind === undefined
      ? []
      : [{ kind, message: `The node has the fault ${subType} since ${since}: ${message}` }];
  });
}

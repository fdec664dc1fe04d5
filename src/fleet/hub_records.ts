import { createHash } from "node:crypto";
import type { NatsConnection } from "nats";
import { Subjects } from "../contract/mod.ts";
import { recordFacts } from "../ocmf/mod.ts";
import type { SiteAddress } from "./node_journals.ts";
import { readStream, type ServerClock, type StreamSlice } from "./read_stream.ts";
import { membersOf, payloadOf } from "./payload.ts";

/** A record in the stream of records. */
export interface HubRecord {
  readonly messageId: string;
  /** Number in the stream. */
  readonly seq: number;
  /** Token of its subject. */
  readonly meter: string;
  readonly meterId: string;
  /** When the node read it from the meter, in milliseconds since 1970; NaN if the message has no time. */
  readonly readAtMs: number;
  /** SHA-256 of the field `ocmf` as UTF-8, in hex. */
  readonly sha256: string;
  /** PG of a transaction record: 23 for `T23`. */
  readonly pagination: number | undefined;
}

/** The records of a site, and the clock of the server at the start of reading. */
export interface HubRecords {
  readonly records: readonly HubRecord[];
  readonly clock: ServerClock;
}

/**
 * Reads the records of one site.
 *
 * @throws the errors of `readStream`
 */
export async function readHubRecords(
  connection: NatsConnection,
  { stream, api, prefix, site }: Pick<StreamSlice, "stream" | "api"> & SiteAddress,
): Promise<HubRecords> {
  const records: HubRecord[] = [];
  const root = `${prefix}.${site}.`;
  const clock = await readStream(
    connection,
    { stream, filter: new Subjects(prefix, site).record("*"), api },
    ({ subject, data, headers, seq }) => {
      const meter = subject.slice(root.length).split(".")[0] ?? "";
      records.push({ messageId: headers?.get("Nats-Msg-Id") ?? "", seq, meter, ...contentOf(data) });
    },
  );
  return { records, clock };
}

/** The content of an invalid payload differs from every record. */
function contentOf(data: Uint8Array): Pick<HubRecord, "meterId" | "readAtMs" | "sha256" | "pagination"> {
  const { ocmf, meter_id: meterId, read_at: readAt } = membersOf(payloadOf(data));
  if (typeof ocmf !== "string") return { meterId: "", readAtMs: NaN, sha256: "", pagination: undefined };
  const bytes = new TextEncoder().encode(ocmf);
  const { pagination, paginationLetter } = recordFacts(bytes);
  return {
    meterId: String(meterId ?? ""),
    readAtMs: Date.parse(String(readAt)),
    sha256: createHash("sha256").update(bytes).digest("hex"),
    pagination: paginationLetter === "T" ? pagination : undefined,
  };
}

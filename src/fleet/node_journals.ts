import { type NatsConnection, NatsError, RequestStrategy } from "nats";
import { systemTime } from "../base/time.ts";
import { type JournalPage, journalPageSchema, nodeToken, Subjects } from "../contract/mod.ts";
import { deniedIn } from "../nats/mod.ts";
import { membersOf, payloadOf } from "./payload.ts";

/** The journal of one node. */
export interface NodeJournal {
  readonly instance: string;
  readonly entries: readonly JournalPage["records"][number][];
  readonly undelivered: number;
  /** The meters that the node serves. */
  readonly meters: readonly string[];
  /** The clock of the node in milliseconds since 1970, and the local monotonic time at which it was read. */
  readonly clock: { readonly nodeMs: number; readonly monoMs: number };
}

/** The address of a site. */
export interface SiteAddress {
  readonly prefix: string;
  readonly site: string;
}

/** A node sent an invalid answer. */
class JournalAnswerError extends Error {
  override readonly name = "JournalAnswerError";
}

/**
 * Finds the nodes of a site that answer, by instance id. Nodes of releases without this request are not found.
 *
 * @throws {JournalAnswerError} a node cannot list its journal
 * @throws {NatsError} this user has no permission for the request
 */
export async function findInstances(connection: NatsConnection, address: SiteAddress): Promise<string[]> {
  const found = new Set<string>();
  const answers = await connection.requestMany(subjectOf(address, "journal.get"), JSON.stringify({ limit: 1 }), {
    strategy: RequestStrategy.JitterTimer,
    maxWait: answerMs,
    jitter: jitterMs,
  });
  try {
    for await (const { data } of answers) {
      if (data.length > 0) found.add(pageOf(data, address.site).instance);
    }
  } catch (error) {
    if (!(error instanceof NatsError) || deniedIn(error) !== undefined) throw error;
  }
  return [...found].sort();
}

/**
 * Reads the whole journal of one node, page by page.
 *
 * @param sinceMs only records read from their meters at this time or later, in milliseconds since 1970
 * @throws {NatsError} it does not answer
 * @throws {JournalAnswerError} it cannot list its journal
 */
export async function readJournal(
  connection: NatsConnection,
  address: SiteAddress,
  { instance, sinceMs }: { readonly instance: string; readonly sinceMs?: number | undefined },
): Promise<NodeJournal> {
  const entries: JournalPage["records"][number][] = [];
  const since = sinceMs === undefined ? {} : { since: new Date(sinceMs).toISOString() };
  let after: number | undefined;
  for (;;) {
    const request = { instance, limit: 500, ...since, ...(after === undefined ? {} : { after_seq: after }) };
    const askedMs = systemTime.mono();
    const { data } = await connection.request(subjectOf(address, "journal.get"), JSON.stringify(request), {
      timeout: pageMs,
    });
    const monoMs = (askedMs + systemTime.mono()) / 2;
    const page = pageOf(data, address.site);
    entries.push(...page.records);
    if (page.next_after_seq === undefined || page.next_after_seq === after) {
      const { undelivered, meters, now } = page;
      return { instance, entries, undelivered, meters, clock: { nodeMs: Date.parse(now), monoMs } };
    }
    after = page.next_after_seq;
  }
}

/** Subject of a request to the nodes of a site. */
export function subjectOf({ prefix, site }: SiteAddress, suffix: string): string {
  return new Subjects(prefix, site).of(nodeToken, suffix);
}

function pageOf(data: Uint8Array, site: string): JournalPage {
  const value = payloadOf(data);
  if (value === undefined) throw new JournalAnswerError(`Node of site ${site} sent an answer that is not JSON`);
  const page = journalPageSchema.safeParse(value);
  if (page.success) return page.data;
  const reason = membersOf(value)["error"] ?? page.error.message;
  throw new JournalAnswerError(`Node of site ${site} cannot list its journal: ${reason}`);
}

const answerMs = 5_000;
/** How long to wait for further nodes of the site. */
const jitterMs = 1_000;
const pageMs = 30_000;

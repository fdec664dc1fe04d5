import type { StreamInfo } from "nats";
import { systemTime } from "../base/time.ts";
import { redeliverResponseSchema } from "../contract/mod.ts";
import type { Comparison } from "./compare.ts";
import { failureText, recordsText } from "./findings.ts";
import { recordsOf, type SiteScope, type SiteView } from "./site_view.ts";
import { subjectOf } from "./node_journals.ts";
import { payloadOf } from "./payload.ts";
import { idsIn, leftRefills, refill, removeRefill } from "./refill.ts";
import { isStuck } from "./stuck_source.ts";
import { edgeStream, type HubSource, recreateSource, sourceName, sourceTrouble } from "./sources.ts";

/**
 * Corrects what can be corrected: a source that is stuck is created again, records that a source passed over are brought to
 * the hub, and those that no stream has are delivered once more by their node.
 *
 * @returns a sentence for each step, also for one that failed
 */
export async function repairSite(scope: SiteScope, { hub, sources, comparison }: SiteView): Promise<string[]> {
  const steps: string[] = [];
  const step = async (doing: string, work: () => Promise<string | undefined>) => {
    try {
      const done = await work();
      if (done !== undefined) steps.push(done);
    } catch (error) {
      steps.push(`Cannot ${doing}: ${failureText(error)}`);
    }
  };
  if (hub === undefined) return steps;
  await step("remove what an interrupted repair left", () => removeLeft(scope, hub));
  const ids = new Set((comparison?.missing ?? []).map(({ entry }) => entry.message_id));
  const records = { stream: hub.config.name, api: scope.api, filter: recordsOf(scope) };
  const reached: HubSource[] = [];
  for (const source of sources) if (await edgeStream(scope.connection, source) !== undefined) reached.push(source);
  for (const source of reached) {
    await step(`create the source ${sourceName(source)} again`, async () => {
      const isDue = sourceTrouble(source) !== undefined || await isStuck(scope.connection, records, source, ids);
      if (!isDue) return undefined;
      await recreateSource(scope.manager, hub.config.name, source.config);
      return `Created the source of ${hub.config.name}, ${sourceName(source)}, again`;
    });
  }
  if (comparison === undefined || ids.size === 0) return steps;
  const passedOver = async () => {
    for (const source of reached) {
      if (ids.size === 0) break;
      await step(`bring records of ${sourceName(source)} to the hub`, async () => {
        const count = await bring(scope, hub, source, ids);
        return count === 0 ? undefined : `Brought ${recordsText(count)} of ${sourceName(source)} to ${hub.config.name}`;
      });
    }
  };
  await passedOver();
  if (ids.size === 0) return steps;
  await step("have records delivered once more", () => redeliver(scope, hub, comparison, ids));
  // The edge has them now; a source that is behind an edge that began again passes them over once more
  await passedOver();
  return steps;
}

async function removeLeft({ manager }: SiteScope, hub: StreamInfo): Promise<string | undefined> {
  const left = await leftRefills(manager, hub);
  for (const name of left) await removeRefill(manager, hub.config.name, name);
  return left.length === 0 ? undefined : `Removed ${left.join(", ")}, which an interrupted repair had left`;
}

/** Takes ids that have arrived out of `ids`. */
async function bring(
  scope: SiteScope,
  hub: StreamInfo,
  source: SiteView["sources"][number],
  ids: Set<string>,
): Promise<number> {
  const { connection, manager, api } = scope;
  const brought = await refill(connection, { manager, api, hub, source, subject: recordsOf(scope), missing: ids });
  for (const id of brought) ids.delete(id);
  return brought.length;
}

/** Has each node deliver what is missing of its records, and waits for them. Takes ids that have arrived out of `ids`. */
async function redeliver(
  scope: SiteScope,
  hub: StreamInfo,
  { missing }: Comparison,
  ids: Set<string>,
): Promise<string> {
  const { connection, api, site } = scope;
  const due = missing.filter(({ entry }) => ids.has(entry.message_id));
  let count = 0;
  for (const instance of new Set(due.map((record) => record.instance))) {
    const own = due.filter((record) => record.instance === instance).map(({ entry }) => entry.message_id);
    for (let at = 0; at < own.length; at += idsAtOnce) {
      const body = JSON.stringify({ instance, message_ids: own.slice(at, at + idsAtOnce) });
      const { data } = await connection.request(subjectOf(scope, "redeliver"), body, { timeout: answerMs });
      const answer = payloadOf(data);
      const { success, data: answered } = redeliverResponseSchema.safeParse(answer);
      if (!success) {
        throw new Error(`node ${instance} of site ${site} answers ${JSON.stringify(answer ?? null).slice(0, 300)}`);
      }
      count += answered.records;
    }
  }
  for (let quietMs = 0; ids.size > 0 && quietMs < longestQuietMs;) {
    await systemTime.sleep(pollMs);
    const before = ids.size;
    const there = await idsIn(connection, { stream: hub.config.name, api, filter: recordsOf(scope) });
    for (const id of there.keys()) ids.delete(id);
    quietMs = ids.size < before ? 0 : quietMs + pollMs;
  }
  return `Had ${recordsText(count)} of site ${site} delivered once more`;
}

const idsAtOnce = 200;
const answerMs = 30_000;
const longestQuietMs = 10_000;
const pollMs = 1_000;

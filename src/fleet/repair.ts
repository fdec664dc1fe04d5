import type { StreamInfo } from "nats";
import { countText } from "../base/text.ts";
import { systemTime } from "../base/time.ts";
import { redeliverResponseSchema } from "../contract/mod.ts";
import type { Comparison } from "./compare.ts";
import { failureText } from "./findings.ts";
import { recordsOf, type SiteScope, type SiteView } from "./site_view.ts";
import { subjectOf } from "./node_journals.ts";
import { payloadOf } from "./payload.ts";
import { idsIn, leftRefills, refill, removeRefill } from "./refill.ts";
import { isStuck } from "./stuck_source.ts";
import { edgeStream, type HubSource, recreateSource, sourceName, sourceProblem } from "./sources.ts";

/**
 * Repairs a site: recreates stuck sources, copies records that a source skipped to the hub, and lets the node deliver
 * records again that no stream has.
 *
 * @returns one sentence for each step, also for failed ones
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
  await step("remove leftovers of an interrupted repair", () => removeLeft(scope, hub));
  const ids = new Set((comparison?.missing ?? []).map(({ entry }) => entry.message_id));
  const records = { stream: hub.config.name, api: scope.api, filter: recordsOf(scope) };
  const reached: HubSource[] = [];
  for (const source of sources) if (await edgeStream(scope.connection, source) !== undefined) reached.push(source);
  for (const source of reached) {
    await step(`recreate the source ${sourceName(source)}`, async () => {
      const isDue = sourceProblem(source) !== undefined || await isStuck(scope.connection, records, source, ids);
      if (!isDue) return undefined;
      await recreateSource(scope.manager, hub.config.name, source.config);
      return `Recreated the source of ${hub.config.name}, ${sourceName(source)}`;
    });
  }
  if (comparison === undefined || ids.size === 0) return steps;
  const copySkipped = async () => {
    for (const source of reached) {
      if (ids.size === 0) break;
      await step(`copy records of ${sourceName(source)} to the hub`, async () => {
        const count = await copyMissing(scope, hub, source, ids);
        return count === 0
          ? undefined
          : `Copied ${countText(count, "record")} of ${sourceName(source)} to ${hub.config.name}`;
      });
    }
  };
  await copySkipped();
  if (ids.size === 0) return steps;
  await step("let the node deliver records again", () => redeliver(scope, hub, comparison, ids));
  // The edge has the records now, but a source behind a restarted edge stream skips them again
  await copySkipped();
  return steps;
}

async function removeLeft({ manager }: SiteScope, hub: StreamInfo): Promise<string | undefined> {
  const left = await leftRefills(manager, hub);
  for (const name of left) await removeRefill(manager, hub.config.name, name);
  return left.length === 0 ? undefined : `Removed ${left.join(", ")}, left by an interrupted repair`;
}

/** Removes arrived ids from `ids`. */
async function copyMissing(
  scope: SiteScope,
  hub: StreamInfo,
  source: SiteView["sources"][number],
  ids: Set<string>,
): Promise<number> {
  const { connection, manager, api } = scope;
  const copied = await refill(connection, { manager, api, hub, source, subject: recordsOf(scope), missing: ids });
  for (const id of copied) ids.delete(id);
  return copied.length;
}

/** Has each node deliver what is missing of its records, and waits for them. Removes arrived ids from `ids`. */
async function redeliver(
  scope: SiteScope,
  hub: StreamInfo,
  { missing }: Comparison,
  ids: Set<string>,
): Promise<string> {
  const { connection, api, site } = scope;
  const missingRecords = missing.filter(({ entry }) => ids.has(entry.message_id));
  let count = 0;
  for (const instance of new Set(missingRecords.map((record) => record.instance))) {
    const own = missingRecords.filter((record) => record.instance === instance).map(({ entry }) => entry.message_id);
    for (let at = 0; at < own.length; at += idsAtOnce) {
      const body = JSON.stringify({ instance, message_ids: own.slice(at, at + idsAtOnce) });
      const { data } = await connection.request(subjectOf(scope, "redeliver"), body, { timeout: answerMs });
      const answer = payloadOf(data);
      const { success, data: answered } = redeliverResponseSchema.safeParse(answer);
      if (!success) {
        throw new Error(`node ${instance} of site ${site} answered ${JSON.stringify(answer ?? null).slice(0, 300)}`);
      }
      count += answered.records;
    }
  }
  for (let idleMs = 0; ids.size > 0 && idleMs < maxIdleMs;) {
    await systemTime.sleep(pollMs);
    const before = ids.size;
    const there = await idsIn(connection, { stream: hub.config.name, api, filter: recordsOf(scope) });
    for (const id of there.keys()) ids.delete(id);
    idleMs = ids.size < before ? 0 : idleMs + pollMs;
  }
  return `Delivered ${countText(count, "record")} of site ${site} again`;
}

const idsAtOnce = 200;
const answerMs = 30_000;
const maxIdleMs = 10_000;
const pollMs = 1_000;

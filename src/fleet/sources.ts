import type { JetStreamManager, NatsConnection, StreamInfo, StreamSource, StreamSourceInfo } from "nats";
import { errorText } from "../base/log.ts";
import { systemTime } from "../base/time.ts";
import { apiCode, invalidConfig } from "../nats/mod.ts";

/** A source of a hub's stream, and its state. */
export interface HubSource {
  readonly config: StreamSource;
  /** Prefix of JetStream requests on its server: `$JS.edge-1.API`. */
  readonly api: string;
  /** Undefined if the hub does not report it. */
  readonly info: StreamSourceInfo | undefined;
}

/** A source without any message for this time is broken: heartbeats arrive every second. */
const maxIdleMs = 30_000;

/** Returns the sources of a stream that match a subject, without those of a repair. */
export function sourcesOf({ config, sources: infos = [] }: StreamInfo, subject: string): HubSource[] {
  const { name: hub, sources = [] } = config;
  return sources
    .filter(({ name, filter_subject: filter }) => !isRefill(name, hub) && (!filter || overlaps(filter, subject)))
    .map((source) => ({ config: source, api: source.external?.api ?? "$JS.API", info: infos.find(isOf(source)) }));
}

/** Returns a new name for a temporary stream with missing messages. */
export function refillName(hub: string): string {
  // A hub continues at its old position for a source with a known name
  return `${hub}${refillMark}${crypto.randomUUID().slice(0, 8)}`;
}

/** Whether a stream is such a temporary stream. */
export function isRefill(name: string, hub: string): boolean {
  return name.startsWith(`${hub}${refillMark}`);
}

/** Returns why a source does not work; undefined if the hub reports no problem. */
export function sourceProblem({ info }: HubSource): string | undefined {
  if (info === undefined) return "is not started";
  if (info.error !== undefined) return `fails: ${info.error.description}`;
  // -1: there was never a heartbeat
  if (info.active < 0) return "has not reached its stream yet";
  const ms = info.active / 1e6;
  return ms > maxIdleMs ? `has received nothing for ${Math.round(ms / 1000)} s` : undefined;
}

/** Describes a source. */
export function sourceName({ config, api }: HubSource): string {
  return `${config.name} of ${domainIn(api) ?? api}`;
}

/** Returns the JetStream domain in the prefix `api`; undefined if there is none. */
export function domainIn(api: string): string | undefined {
  return /^\$JS\.([^.]+)\.API$/.exec(api)?.[1];
}

/** Returns the stream of a source; undefined if it cannot be reached from here. */
export async function edgeStream(connection: NatsConnection, source: HubSource): Promise<StreamInfo | undefined> {
  try {
    const manager = await connection.jetstreamManager({
      apiPrefix: source.api,
      checkAPI: false,
      timeout: edgeTimeoutMs,
    });
    return await manager.streams.info(source.config.name);
  } catch {
    // No link, no JetStream, no such stream, or no permission
    return undefined;
  }
}

/** Removes a source from a stream and adds it again, so that the hub reconnects to it. */
export async function recreateSource(manager: JetStreamManager, stream: string, source: StreamSource): Promise<void> {
  const others = (sources: readonly StreamSource[]) => sources.filter((one) => !isSame(one, source));
  await changeSources(manager, stream, (sources) => {
    const left = others(sources);
    return left.length > 0 ? left : [placeholderSource(stream)];
  });
  await changeSources(manager, stream, (sources) => [...others(sources), source]);
}

/** Changes only the sources of a stream. */
export async function changeSources(
  manager: JetStreamManager,
  stream: string,
  change: (sources: readonly StreamSource[]) => StreamSource[],
): Promise<void> {
  const { config } = await manager.streams.info(stream);
  const own = config.subjects ?? [];
  // A stream without sources has its name as a subject, and the server compares the filter of each source with it
  const subjects = own.filter((subject) => subject !== stream);
  const update = (sources: StreamSource[]) => manager.streams.update(stream, { ...config, subjects, sources });
  const changed = change((config.sources ?? []).filter(({ name }) => name !== placeholderSource(stream).name));
  if (subjects.length === own.length) await update(changed);
  else {
    await update([placeholderSource(stream)]);
    await whenApplied(() => update(changed));
  }
}

/**
 * Repeats an update while the server that checks it still has the stream with its name as a subject: in a cluster, this
 * is not the server that has confirmed the update before.
 */
async function whenApplied(update: () => Promise<unknown>): Promise<void> {
  const untilMs = systemTime.mono() + applyTimeoutMs;
  while (true) {
    try {
      await update();
      return;
    } catch (error) {
      const isOld = apiCode(error) === invalidConfig && /does not overlap/.test(errorText(error));
      if (!isOld || systemTime.mono() >= untilMs) throw error;
      await systemTime.sleep(applyPauseMs);
    }
  }
}

const applyTimeoutMs = 5_000;
const applyPauseMs = 50;

/** A placeholder source for a hub's stream without other sources. */
function placeholderSource(stream: string): StreamSource {
  return { name: `${stream}_NOTHING` };
}

function isOf(source: StreamSource): (info: StreamSourceInfo & { readonly external?: { api?: string } }) => boolean {
  return ({ name, external }) => name === source.name && external?.api === source.external?.api;
}

function isSame(one: StreamSource, other: StreamSource): boolean {
  return one.name === other.name && one.external?.api === other.external?.api &&
    one.filter_subject === other.filter_subject;
}

/** Whether a subject can match both; each can contain the wildcards `*` and `>`. */
function overlaps(one: string, other: string): boolean {
  const [tokens, others] = [one.split("."), other.split(".")];
  for (let place = 0; place < Math.max(tokens.length, others.length); place++) {
    const [token, against] = [tokens[place], others[place]];
    if (token === undefined || against === undefined) return false;
    if (token === ">" || against === ">") return true;
    if (token !== "*" && against !== "*" && token !== against) return false;
  }
  return true;
}

const refillMark = "_REFILL_";
const edgeTimeoutMs = 5_000;

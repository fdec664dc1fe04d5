import type { JetStreamManager, NatsConnection, StreamInfo, StreamSource, StreamSourceInfo } from "nats";

/** A source of a hub's stream, and how it does. */
export interface HubSource {
  readonly config: StreamSource;
  /** First tokens of JetStream's requests where the stream is: `$JS.edge-1.API`. */
  readonly api: string;
  /** Absent: the hub does not report it. */
  readonly info: StreamSourceInfo | undefined;
}

/** Nothing came through a source for so long, not even the signs of life that come every second. */
const silentMs = 30_000;

/** The sources of a stream that can bring messages on a subject; not those of a repair. */
export function sourcesOf({ config, sources: infos = [] }: StreamInfo, subject: string): HubSource[] {
  const { name: hub, sources = [] } = config;
  return sources
    .filter(({ name, filter_subject: filter }) => !isRefill(name, hub) && (!filter || overlaps(filter, subject)))
    .map((source) => ({ config: source, api: source.external?.api ?? "$JS.API", info: infos.find(isOf(source)) }));
}

/** Name of a stream that brings missing messages to another one for a moment. */
export function refillName(hub: string): string {
  // A hub goes on where it was with a source of a name that it has seen
  return `${hub}${refillMark}${crypto.randomUUID().slice(0, 8)}`;
}

/** Whether a stream has such a name. */
export function isRefill(name: string, hub: string): boolean {
  return name.startsWith(`${hub}${refillMark}`);
}

/** Why a source brings nothing; undefined: it does, as far as the hub knows. */
export function sourceTrouble({ info }: HubSource): string | undefined {
  if (info === undefined) return "is not started";
  if (info.error !== undefined) return `fails: ${info.error.description}`;
  // -1: there never was a sign of life
  if (info.active < 0) return "has not reached its stream yet";
  const ms = info.active / 1e6;
  return ms > silentMs ? `has received nothing for ${Math.round(ms / 1000)} s` : undefined;
}

/** Where a source comes from, for people. */
export function sourceName({ config, api }: HubSource): string {
  return `${config.name} of ${domainIn(api) ?? api}`;
}

/** The JetStream domain of requests that begin with `api`; undefined: they name none. */
export function domainIn(api: string): string | undefined {
  return /^\$JS\.([^.]+)\.API$/.exec(api)?.[1];
}

/** Whether the stream that a source comes from can be reached from here, and what it is like. */
export async function edgeStream(connection: NatsConnection, source: HubSource): Promise<StreamInfo | undefined> {
  try {
    const manager = await connection.jetstreamManager({ apiPrefix: source.api, checkAPI: false, timeout: edgeMs });
    return await manager.streams.info(source.config.name);
  } catch {
    // No link, no JetStream there, no such stream, or no right to ask
    return undefined;
  }
}

/** Removes a source from a stream and adds it again, so that the hub connects to it again. */
export async function recreateSource(manager: JetStreamManager, stream: string, source: StreamSource): Promise<void> {
  const others = (sources: readonly StreamSource[]) => sources.filter((one) => !isSame(one, source));
  await changeSources(manager, stream, (sources) => {
    const left = others(sources);
    return left.length > 0 ? left : [nothing(stream)];
  });
  await changeSources(manager, stream, (sources) => [...others(sources), source]);
}

/** Changes the sources of a stream as it is now, and nothing else of it. */
export async function changeSources(
  manager: JetStreamManager,
  stream: string,
  change: (sources: readonly StreamSource[]) => StreamSource[],
): Promise<void> {
  const { config } = await manager.streams.info(stream);
  const own = config.subjects ?? [];
  // A stream without sources has its name as a subject, with which the server then compares the filter of each source
  const subjects = own.filter((subject) => subject !== stream);
  const update = (sources: StreamSource[]) => manager.streams.update(stream, { ...config, subjects, sources });
  if (subjects.length < own.length) await update([nothing(stream)]);
  await update(change((config.sources ?? []).filter(({ name }) => name !== nothing(stream).name)));
}

/** The source of a hub's stream that has none else. */
function nothing(stream: string): StreamSource {
  return { name: `${stream}_NOTHING` };
}

function isOf(source: StreamSource): (info: StreamSourceInfo & { readonly external?: { api?: string } }) => boolean {
  return ({ name, external }) => name === source.name && external?.api === source.external?.api;
}

function isSame(one: StreamSource, other: StreamSource): boolean {
  return one.name === other.name && one.external?.api === other.external?.api &&
    one.filter_subject === other.filter_subject;
}

/** Whether some subject matches both; each may have the wildcards `*` and `>`. */
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
const edgeMs = 5_000;

import { type JetStreamManager, type NatsConnection, NatsError, StorageType, type StreamInfo } from "nats";
import { systemTime } from "../base/time.ts";
import { readStream, type StreamSlice } from "./read_stream.ts";
import { changeSources, type HubSource, isRefill, refillName } from "./sources.ts";

/** Options of a refill. */
export interface RefillOptions {
  readonly manager: JetStreamManager;
  /** Prefix of JetStream requests at the hub. */
  readonly api: string;
  readonly hub: StreamInfo;
  readonly source: HubSource;
  /** Subject of the site's records, with a wildcard. */
  readonly subject: string;
  /** Message ids that are missing at the hub. */
  readonly missing: ReadonlySet<string>;
}

/**
 * Copies messages to the hub that the hub skipped in the stream of a source.
 *
 * A hub derives its position in a source from the messages that it has stored. If the source stream starts again, the
 * hub continues after its last message, also if the source is removed and added again. Only a source with a new name
 * starts at the first message. So this function creates a temporary stream at the hub, which reads the messages, keeps
 * only the missing ones, and is a source of the hub's stream until they have arrived.
 *
 * @returns the ids of the missing messages in the source's stream; all of them are at the hub now
 * @throws {NatsError} a stream cannot be read, or not be created at the hub
 * @throws {Error} the messages do not arrive
 */
export async function refill(connection: NatsConnection, options: RefillOptions): Promise<string[]> {
  const { manager, api, hub, source, subject, missing } = options;
  const edge = { stream: source.config.name, filter: subject, api: source.api };
  const found = new Map([...await idsIn(connection, edge)].filter(([id]) => missing.has(id)));
  if (found.size === 0) return [];
  const name = refillName(hub.config.name);
  const temporary = { stream: name, filter: subject, api };
  const hasAll = async (slice: StreamSlice) => {
    const there = await idsIn(connection, slice);
    return [...found.keys()].every((id) => there.has(id));
  };
  await manager.streams.add({
    name,
    storage: StorageType.File,
    num_replicas: hub.config.num_replicas,
    sources: [{
      name: source.config.name,
      ...(source.config.external === undefined ? {} : { external: source.config.external }),
      filter_subject: subject,
      opt_start_seq: [...found.values()].flat().reduce((lowest, seq) => Math.min(lowest, seq)),
    }],
  });
  try {
    await waitUntil(() => hasAll(temporary), `the hub receives nothing from stream ${edge.stream} of ${source.api}`);
    await removeOthers(connection, manager, temporary, found);
    const { last_seq: before } = (await manager.streams.info(hub.config.name)).state;
    await changeSources(manager, hub.config.name, (sources) => [...sources, { name }]);
    const arrived = { stream: hub.config.name, filter: subject, api, fromSeq: before + 1 };
    await waitUntil(() => hasAll(arrived), `stream ${hub.config.name} does not receive the records`);
  } finally {
    await removeRefill(manager, hub.config.name, name);
  }
  return [...found.keys()];
}

/** Finds streams left by an interrupted repair. */
export async function leftRefills(manager: JetStreamManager, hub: StreamInfo): Promise<string[]> {
  const left = (hub.config.sources ?? []).map(({ name }) => name);
  for await (const name of manager.streams.names()) left.push(name);
  return [...new Set(left)].filter((name) => isRefill(name, hub.config.name));
}

/** Removes a temporary stream and its source. */
export async function removeRefill(manager: JetStreamManager, hub: string, name: string): Promise<void> {
  await changeSources(manager, hub, (sources) => sources.filter((one) => one.name !== name));
  await manager.streams.delete(name);
}

/** Returns the sequence numbers of each message id. */
export async function idsIn(connection: NatsConnection, slice: StreamSlice): Promise<Map<string, number[]>> {
  const ids = new Map<string, number[]>();
  await readStream(connection, slice, ({ headers, seq }) => {
    const id = headers?.get("Nats-Msg-Id") ?? "";
    ids.set(id, [...ids.get(id) ?? [], seq]);
  });
  return ids;
}

/** Removes messages that the hub has, and additional copies of missing ones. */
async function removeOthers(
  connection: NatsConnection,
  manager: JetStreamManager,
  temporary: StreamSlice,
  missing: ReadonlyMap<string, unknown>,
): Promise<void> {
  for (const [id, seqs] of await idsIn(connection, temporary)) {
    for (const seq of missing.has(id) ? seqs.slice(1) : seqs) {
      await manager.streams.deleteMessage(temporary.stream, seq, false);
    }
  }
}

async function waitUntil(isDone: () => Promise<boolean>, reason: string): Promise<void> {
  const endsMs = systemTime.mono() + arrivalMs;
  for (;;) {
    try {
      if (await isDone()) return;
      if (systemTime.mono() > endsMs) throw new RangeError(`Cannot copy records to the hub: ${reason}`);
    } catch (error) {
      // In a cluster, a new stream has no leader at first
      if (!(error instanceof NatsError) || systemTime.mono() > endsMs) throw error;
    }
    await systemTime.sleep(pollMs);
  }
}

const pollMs = 300;
const arrivalMs = 60_000;

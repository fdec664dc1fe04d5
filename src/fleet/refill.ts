import { type JetStreamManager, type NatsConnection, NatsError, StorageType, type StreamInfo } from "nats";
import { systemTime } from "../base/time.ts";
import { readStream, type StreamSlice } from "./read_stream.ts";
import { changeSources, type HubSource, isRefill, refillName } from "./sources.ts";

/** Where messages are missing. */
export interface RefillOptions {
  readonly manager: JetStreamManager;
  /** First tokens of JetStream's requests at the hub. */
  readonly api: string;
  readonly hub: StreamInfo;
  readonly source: HubSource;
  /** The site's records, with a wildcard. */
  readonly subject: string;
  /** Message ids that the hub lacks. */
  readonly missing: ReadonlySet<string>;
}

/**
 * Brings messages to the hub that the stream of a source has and that the hub passed over.
 *
 * A hub knows how far it read a stream by the messages that it holds. When that stream began again, the hub goes on
 * behind the last message that is there, and a source that is removed and added again does the same. Only a source of
 * another name begins at the beginning. So a stream is made at the hub that reads the messages, keeps the missing ones
 * alone, and is a source of the hub's stream until they have arrived.
 *
 * @returns the ids of the missing messages that the source's stream has; all of them are at the hub now
 * @throws {NatsError} a stream cannot be read, or not be made at the hub
 * @throws {Error} the messages do not arrive
 */
export async function refill(connection: NatsConnection, options: RefillOptions): Promise<string[]> {
  const { manager, api, hub, source, subject, missing } = options;
  const edge = { stream: source.config.name, filter: subject, api: source.api };
  const found = new Map([...await idsIn(connection, edge)].filter(([id]) => missing.has(id)));
  if (found.size === 0) return [];
  const name = refillName(hub.config.name);
  const relay = { stream: name, filter: subject, api };
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
      opt_start_seq: [...found.values()].flat().reduce((least, seq) => Math.min(least, seq)),
    }],
  });
  try {
    await until(() => hasAll(relay), `stream ${edge.stream} of ${source.api} sends nothing to the hub`);
    await keepOneOf(connection, manager, relay, found);
    const { last_seq: before } = (await manager.streams.info(hub.config.name)).state;
    await changeSources(manager, hub.config.name, (sources) => [...sources, { name }]);
    const arrived = { stream: hub.config.name, filter: subject, api, fromSeq: before + 1 };
    await until(() => hasAll(arrived), `stream ${hub.config.name} does not take records in`);
  } finally {
    await removeRefill(manager, hub.config.name, name);
  }
  return [...found.keys()];
}

/** Streams that an interrupted repair left behind. */
export async function leftRefills(manager: JetStreamManager, hub: StreamInfo): Promise<string[]> {
  const left = (hub.config.sources ?? []).map(({ name }) => name);
  for await (const name of manager.streams.names()) left.push(name);
  return [...new Set(left)].filter((name) => isRefill(name, hub.config.name));
}

/** Ends what a stream of missing messages is there for. */
export async function removeRefill(manager: JetStreamManager, hub: string, name: string): Promise<void> {
  await changeSources(manager, hub, (sources) => sources.filter((one) => one.name !== name));
  await manager.streams.delete(name);
}

/** The sequence numbers of each message id. */
export async function idsIn(connection: NatsConnection, slice: StreamSlice): Promise<Map<string, number[]>> {
  const ids = new Map<string, number[]>();
  await readStream(connection, slice, ({ headers, seq }) => {
    const id = headers?.get("Nats-Msg-Id") ?? "";
    ids.set(id, [...ids.get(id) ?? [], seq]);
  });
  return ids;
}

/** Removes messages that the hub has, and further copies of those that it lacks. */
async function keepOneOf(
  connection: NatsConnection,
  manager: JetStreamManager,
  relay: StreamSlice,
  wanted: ReadonlyMap<string, unknown>,
): Promise<void> {
  for (const [id, seqs] of await idsIn(connection, relay)) {
    for (const seq of wanted.has(id) ? seqs.slice(1) : seqs) {
      await manager.streams.deleteMessage(relay.stream, seq, false);
    }
  }
}

async function until(isDone: () => Promise<boolean>, otherwise: string): Promise<void> {
  const endsMs = systemTime.mono() + arrivalMs;
  for (;;) {
    try {
      if (await isDone()) return;
      if (systemTime.mono() > endsMs) throw new RangeError(`Cannot bring records to the hub: ${otherwise}`);
    } catch (error) {
      // In a cluster a stream that was just made has no leader for a moment
      if (!(error instanceof NatsError) || systemTime.mono() > endsMs) throw error;
    }
    await systemTime.sleep(pollMs);
  }
}

const pollMs = 300;
const arrivalMs = 60_000;

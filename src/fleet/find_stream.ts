import { sourceSite } from "./stream_plan.ts";
import type { JetStreamManager, StreamInfo } from "nats";
import { streamInfo, type StreamKind, streamName } from "../nats/mod.ts";

/**
 * Finds the stream with the messages of all sites: by its name, else any stream that has that name as a source.
 *
 * @throws {NatsError} JetStream is not available, or the server refuses
 */
export async function findStream(
  manager: JetStreamManager,
  prefix: string,
  kind: StreamKind,
): Promise<StreamInfo | undefined> {
  const requested = streamName(prefix, kind);
  const own = await streamInfo(manager, requested);
  if (own !== undefined) return own;
  for await (const info of manager.streams.list()) {
    if ((info.config.sources ?? []).some(({ name }) => name === requested)) return info;
  }
  return undefined;
}

/** Returns the sites that are sources of the hub's records; empty if it has no stream of records. */
export async function recordSources(manager: JetStreamManager, prefix: string): Promise<string[]> {
  const records = await findStream(manager, prefix, "ocmf");
  return (records?.config.sources ?? []).flatMap((source) => sourceSite(source, prefix)?.site ?? []);
}

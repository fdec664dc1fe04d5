import { sourceSite } from "./stream_plan.ts";
import type { JetStreamManager, StreamInfo } from "nats";
import { streamInfo, type StreamKind, streamName } from "../nats/mod.ts";

/**
 * The stream in which the messages of all sites are: by its name, else one of any name that has ours as a source.
 *
 * @throws {NatsError} there is no JetStream, or the server refuses
 */
export async function findStream(
  manager: JetStreamManager,
  prefix: string,
  kind: StreamKind,
): Promise<StreamInfo | undefined> {
  const wanted = streamName(prefix, kind);
  const own = await streamInfo(manager, wanted);
  if (own !== undefined) return own;
  for await (const info of manager.streams.list()) {
    if ((info.config.sources ?? []).some(({ name }) => name === wanted)) return info;
  }
  return undefined;
}

/** The sites that the hub takes records from; none where it has no stream of records. */
export async function recordSources(manager: JetStreamManager, prefix: string): Promise<string[]> {
  const records = await findStream(manager, prefix, "ocmf");
  return (records?.config.sources ?? []).flatMap((source) => sourceSite(source, prefix)?.site ?? []);
}

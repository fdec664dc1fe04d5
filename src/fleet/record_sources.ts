import type { JetStreamManager } from "nats";
import { findStream } from "./find_stream.ts";
import { sourceSite } from "./stream_plan.ts";

/** The sites that the hub takes records from; none where it has no stream of records. */
export async function recordSources(manager: JetStreamManager, prefix: string): Promise<string[]> {
  const records = await findStream(manager, prefix, "ocmf");
  return (records?.config.sources ?? []).flatMap((source) => sourceSite(source, prefix)?.site ?? []);
}

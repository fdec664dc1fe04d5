import { DiscardPolicy, type JetStreamManager, nanos } from "nats";
import { neededSubjects, streamKinds, streamName } from "../../src/nats/mod.ts";
import type { EdgeServer } from "./leaf_fleet.ts";

/** So short that an edge stores one id twice, as it would after hours. */
export const edgeWindowMs = 100;

/** Creates the streams of an edge server, like its service. */
export async function makeSiteStreams({ manager }: Pick<EdgeServer, "manager">, site: string): Promise<void> {
  for (const kind of streamKinds) {
    await manager.streams.add({
      name: streamName("wattseal", kind),
      subjects: neededSubjects("wattseal", site, kind),
      ...(kind === "ocmf" ? { discard: DiscardPolicy.New, duplicate_window: nanos(edgeWindowMs) } : {}),
      ...(kind === "state" ? { max_msgs_per_subject: 1, allow_direct: true } : {}),
    });
  }
}

/** Waits until a condition holds; errors count as not yet. */
export async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo().catch(() => false))) await new Promise((resolve) => setTimeout(resolve, 50));
}

/** Waits until a stream has this number of messages. */
export function holds(manager: JetStreamManager, stream: string, count: number): Promise<void> {
  return until(async () => (await manager.streams.info(stream)).state.messages >= count);
}

import type { NatsConnection } from "nats";
import { readStream, type StreamSlice } from "./read_stream.ts";
import type { HubSource } from "./sources.ts";

/**
 * Whether a source that reports no trouble brings nothing any more: its stream has missing records behind the one that
 * came last. What it passed over stands before that one.
 *
 * @param hub the stream that has the source, and the site's records there
 */
export async function isStuck(
  connection: NatsConnection,
  hub: StreamSlice,
  { config: { name }, api }: HubSource,
  missing: ReadonlySet<string>,
): Promise<boolean> {
  let last = 0;
  await readStream(connection, hub, ({ headers }) => {
    // `<name>:<hash of the domain> <number>`, in later releases with more behind it
    const [from = "", seq] = (headers?.get("Nats-Stream-Source") ?? "").split(" ");
    if (from === name || from.startsWith(`${name}:`)) last = Number(seq);
  });
  let isBehind = false;
  await readStream(connection, { stream: name, api, filter: hub.filter, fromSeq: last + 1 }, ({ headers }) => {
    if (missing.has(headers?.get("Nats-Msg-Id") ?? "")) isBehind = true;
  });
  return isBehind;
}

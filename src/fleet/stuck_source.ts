import type { NatsConnection } from "nats";
import { readStream, type StreamSlice } from "./read_stream.ts";
import type { HubSource } from "./sources.ts";

/**
 * Whether a source without a reported problem is stuck: its stream has missing records after the last received one.
 * Skipped records are before that one.
 *
 * @param hub the stream with the source, and the records of the site in it
 */
export async function isStuck(
  connection: NatsConnection,
  hub: StreamSlice,
  { config: { name }, api }: HubSource,
  missing: ReadonlySet<string>,
): Promise<boolean> {
  let last = 0;
  await readStream(connection, hub, ({ headers }) => {
    // `<name>:<hash of the domain> <number>`, with further fields in later releases
    const [from = "", seq] = (headers?.get("Nats-Stream-Source") ?? "").split(" ");
    if (from === name || from.startsWith(`${name}:`)) last = Number(seq);
  });
  let isBehind = false;
  await readStream(connection, { stream: name, api, filter: hub.filter, fromSeq: last + 1 }, ({ headers }) => {
    if (missing.has(headers?.get("Nats-Msg-Id") ?? "")) isBehind = true;
  });
  return isBehind;
}

import type { NatsConnection } from "nats";
import type { ExpectedStream } from "./acknowledged.ts";
import { serverDomain, type StreamLookup } from "./stream_lookup.ts";
import { streamName } from "./streams.ts";

/**
 * The destination of readings. `found`: a stream that is known to store them. `assumed`: the stream that should store
 * them, but that could not be checked or is missing; its acknowledgement counts. `none`: only subscribers.
 */
export type ReadingsTarget =
  | {
    readonly state: "found" | "assumed";
    readonly stream: ExpectedStream;
    /** Whether the stream may still be created: that no stream takes a reading is no problem then. */
    readonly mayNotExist: boolean;
  }
  | { readonly state: "none"; readonly stream?: undefined; readonly mayNotExist?: undefined };

/** Configuration of the stream of readings. */
export interface ReadingsStream {
  readonly prefix: string;
  /** False: an administrator creates the stream, if one is wanted. */
  readonly enabled: boolean;
  /** JetStream domain of the stream. */
  readonly domain: string | undefined;
}

/**
 * The destination of readings: only subscribers if no stream is configured and no stream has the subject.
 *
 * @param isChecked whether the streams were checked on this connection
 */
export function readingsTarget(
  lookup: StreamLookup,
  { prefix, enabled, domain }: ReadingsStream,
  connection: NatsConnection,
  isChecked: boolean,
): ReadingsTarget {
  const mayNotExist = !isChecked;
  if (lookup.state === "found") return { state: "found", stream: lookup, mayNotExist };
  if (lookup.state === "none" && !enabled) return { state: "none" };
  const stream = { stream: streamName(prefix, "readings"), domain: domain ?? serverDomain(connection) };
  return { state: "assumed", stream, mayNotExist };
}

import type { NatsConnection } from "nats";
import type { ExpectedStream } from "./acknowledged.ts";
import { type Holder, serverDomain } from "./holder.ts";
import { streamName } from "./streams.ts";

/**
 * Where readings go. `held`: to a stream that was seen to hold them. `assumed`: to the stream that should hold them,
 * which could not be looked at or is missing; its acknowledgement counts, if one comes. `none`: to subscribers alone.
 */
export type ReadingsTarget =
  | { readonly state: "held" | "assumed"; readonly stream: ExpectedStream }
  | { readonly state: "none"; readonly stream?: undefined };

/** What the configuration says about the stream of readings. */
export interface ReadingsStream {
  readonly prefix: string;
  /** False: an administrator provides the stream, if there is to be one. */
  readonly enabled: boolean;
  /** JetStream domain in which the stream has to be. */
  readonly domain: string | undefined;
}

/** Where readings go: to subscribers alone only where the configuration wants no stream and none holds the subject. */
export function readingsTarget(
  holder: Holder,
  { prefix, enabled, domain }: ReadingsStream,
  connection: NatsConnection,
): ReadingsTarget {
  if (holder.state === "held") return { state: "held", stream: holder };
  if (holder.state === "none" && !enabled) return { state: "none" };
  const stream = { stream: streamName(prefix, "readings"), domain: domain ?? serverDomain(connection) };
  return { state: "assumed", stream };
}

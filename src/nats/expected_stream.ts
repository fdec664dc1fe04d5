import type { NatsConnection } from "nats";
import type { ExpectedStream } from "./acknowledged.ts";
import { serverDomain, type StreamLookup } from "./stream_lookup.ts";
import { type StreamKind, streamName } from "./streams.ts";

/** What decides which stream must acknowledge. */
export interface ExpectedStreamOptions {
  readonly kind: StreamKind;
  /** Prefix of all subjects. */
  readonly prefix: string;
  /** A subject that the stream must have. */
  readonly subject: string;
  /** JetStream domain of the stream, if configured. */
  readonly domain: string | undefined;
  /** The stream at the last check. */
  lookup(): StreamLookup;
  /** Creates missing streams. */
  ensureStreams(connection: NatsConnection): Promise<unknown>;
}

/**
 * The stream that must acknowledge a message: the one that has the subject or, if that is unknown, the one with our name.
 *
 * @throws {Error} no stream has the subject
 */
export async function expectedStream(
  connection: NatsConnection,
  { kind, prefix, subject, domain, lookup, ensureStreams }: ExpectedStreamOptions,
): Promise<ExpectedStream> {
  if (lookup().state === "none") await ensureStreams(connection);
  const found = lookup();
  if (found.state === "found") return found;
  if (found.state === "unknown") {
    return { stream: streamName(prefix, kind), domain: domain ?? serverDomain(connection) };
  }
  throw new Error(`No stream has the subject ${subject}; create one, or set streams.${kind}.enabled: true`);
}

import type { JetStreamManager, NatsConnection, StreamInfo } from "nats";
import { jetstreamOf, type StreamKind } from "../nats/mod.ts";
import { existingStreams } from "./existing.ts";
import type { RetryLimit } from "./retries.ts";

/** Access to a hub, or to a single server. */
export interface HubAccess {
  readonly connection: NatsConnection;
  /** JetStream domain of the hub, if one is set. */
  readonly domain: string | undefined;
  readonly manager: JetStreamManager;
  /** Its streams. */
  readonly streams: ReadonlyMap<StreamKind, StreamInfo>;
  readonly retryLimit: RetryLimit;
}

/**
 * Reads the streams of a hub.
 *
 * @throws {FleetError} JetStream refuses, or does not answer
 */
export async function openHub(
  connection: NatsConnection,
  { prefix, domain, retryLimit }: { prefix: string; domain: string | undefined; retryLimit: RetryLimit },
): Promise<HubAccess> {
  const manager = await jetstreamOf(connection, domain);
  return { connection, domain, manager, streams: await existingStreams(manager, prefix, retryLimit), retryLimit };
}

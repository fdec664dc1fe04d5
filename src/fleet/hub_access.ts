import type { JetStreamManager, NatsConnection, StreamInfo } from "nats";
import { jetstreamOf, type StreamKind } from "../nats/mod.ts";
import { existingStreams } from "./existing.ts";
import type { Patience } from "./retries.ts";

/** What work on a hub, or on a single server, needs. */
export interface HubAccess {
  readonly connection: NatsConnection;
  /** JetStream domain of the hub, where it is named. */
  readonly domain: string | undefined;
  readonly manager: JetStreamManager;
  /** Its streams, as they were found. */
  readonly streams: ReadonlyMap<StreamKind, StreamInfo>;
  readonly patience: Patience;
}

/**
 * Looks at the streams of a hub.
 *
 * @throws {FleetError} JetStream refuses, or does not answer
 */
export async function openHub(
  connection: NatsConnection,
  { prefix, domain, patience }: { prefix: string; domain: string | undefined; patience: Patience },
): Promise<HubAccess> {
  const manager = await jetstreamOf(connection, domain);
  return { connection, domain, manager, streams: await existingStreams(manager, prefix, patience), patience };
}

import type { JetStreamManager, NatsConnection } from "nats";
import { apiPrefix } from "./needed_rights.ts";

/**
 * JetStream of a domain; nothing is asked yet.
 *
 * @param domain absent: that of the connected server
 * @param timeoutMs how long it may take for one answer
 */
export function jetstreamOf(
  connection: NatsConnection,
  domain: string | undefined,
  timeoutMs = 5_000,
): Promise<JetStreamManager> {
  return connection.jetstreamManager({ apiPrefix: apiPrefix(domain), checkAPI: false, timeout: timeoutMs });
}

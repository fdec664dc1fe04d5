import type { JetStreamManager, NatsConnection } from "nats";
import { apiPrefix } from "./needed_rights.ts";

/**
 * A client for the JetStream of a domain. Sends no request yet.
 *
 * @param domain undefined: the domain of the connected server
 * @param timeoutMs timeout of one request
 */
export function jetstreamOf(
  connection: NatsConnection,
  domain: string | undefined,
  timeoutMs = 5_000,
): Promise<JetStreamManager> {
  return connection.jetstreamManager({ apiPrefix: apiPrefix(domain), checkAPI: false, timeout: timeoutMs });
}

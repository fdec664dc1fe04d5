import { connect, type ConnectionOptions, type NatsConnection } from "nats";
import { silentLog } from "../base/log.ts";
import { type ServerOptions, serverOptions } from "./server_options.ts";
import { guardSockets } from "./socket_guard.ts";

/** How a lost connection is detected and restored; absent: the defaults of the client. */
export type Reconnection = Pick<ConnectionOptions, "pingInterval" | "maxReconnectAttempts">;

/**
 * Connects to NATS once and does not retry: for a command, whose user waits for the result.
 *
 * @param name name of the connection on the server
 * @param reconnection only for the time after the connection
 * @throws {NatsSetupError} a file with credentials or for TLS cannot be used
 * @throws {Error} no server accepts the connection; {@linkcode connectFailureText} returns the reason
 */
export async function connectOnce(
  name: string,
  options: ServerOptions,
  reconnection: Reconnection = {},
): Promise<NatsConnection> {
  const prepared = serverOptions(options);
  // A socket can still fail after the client has abandoned it, so the guard stays until the command ends
  const guard = guardSockets(silentLog, new AbortController().signal);
  try {
    return await connect({ name, ...prepared, ...reconnection });
  } catch (error) {
    throw guard.explain(error);
  }
}

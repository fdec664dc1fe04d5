import { connect, type NatsConnection } from "nats";
import { silentLog } from "../base/log.ts";
import { type ServerOptions, serverOptions } from "./server_options.ts";
import { guardSockets } from "./socket_guard.ts";

/**
 * Connects to NATS once and does not retry: for a command, whose user waits for the result.
 *
 * @param name name of the connection on the server
 * @throws {NatsSetupError} a file with credentials or for TLS cannot be used
 * @throws {Error} no server accepts the connection; {@linkcode connectFailureText} returns the reason
 */
export async function connectOnce(name: string, options: ServerOptions): Promise<NatsConnection> {
  const prepared = serverOptions(options);
  // A socket can still fail after the client has abandoned it, so the guard stays until the command ends
  guardSockets(silentLog, new AbortController().signal);
  return await connect({ name, ...prepared });
}

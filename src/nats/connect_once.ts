import { connect, type NatsConnection } from "nats";
import { silentLog } from "../base/log.ts";
import { type ServerOptions, serverOptions } from "./server_options.ts";
import { guardSockets } from "./socket_guard.ts";

/**
 * Connects to NATS or fails: for a command, which somebody waits for.
 *
 * @param name how the server's administrators see us
 * @throws {NatsSetupError} a file with credentials or for TLS cannot be used
 * @throws {Error} no server takes us; {@linkcode connectFailureText} has the reason
 */
export async function connectOnce(name: string, options: ServerOptions): Promise<NatsConnection> {
  const prepared = serverOptions(options);
  // A socket can still fail when the client has given it up, refused or closed: the guard stays until the command ends
  guardSockets(silentLog, new AbortController().signal);
  return await connect({ name, ...prepared });
}

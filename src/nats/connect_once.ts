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
  const guarded = new AbortController();
  guardSockets(silentLog, guarded.signal);
  // Where the server refuses us, its socket can still fail afterwards: the guard stays until the command ends
  const connection = await connect({ name, ...prepared });
  connection.closed().finally(() => guarded.abort());
  return connection;
}

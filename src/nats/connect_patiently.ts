import { connect, type NatsConnection } from "nats";
import type { Log } from "../base/log.ts";
import { ProblemLog } from "../base/problem_log.ts";
import type { Time } from "../base/time.ts";
import { connectionOptions } from "./connection.ts";
import { connectFailureText, type ServerOptions } from "./server_options.ts";
import { guardSockets } from "./socket_guard.ts";

const retryMs = 1_000;

/**
 * Connects to NATS, and tries again until a server accepts the connection: for a process that runs until it is stopped.
 * The client restores the connection after each loss.
 *
 * @param name name of the connection on the server
 * @param signal ends the attempts; it must be aborted at the end of the process
 * @returns undefined if the signal was aborted before
 * @throws {NatsSetupError} a file with credentials or for TLS cannot be used; thrown before the first attempt
 */
export async function connectPatiently(
  name: string,
  options: ServerOptions,
  { log, time, signal }: { readonly log: Log; readonly time: Time; readonly signal: AbortSignal },
): Promise<NatsConnection | undefined> {
  const prepared = connectionOptions(name, options);
  const guard = guardSockets(log, signal);
  const away = new ProblemLog(log, time);
  while (!signal.aborted) {
    try {
      const connection = await connect(prepared);
      const server = connection.getServer();
      if (away.isFailing) away.over("Connected to NATS", { server });
      else log.info("Connected to NATS", { server });
      if (!signal.aborted) return connection;
      await connection.close();
    } catch (error) {
      const servers = options.servers.join();
      away.failed("Cannot connect to NATS; retrying", { servers, reason: connectFailureText(guard.explain(error)) });
      await time.sleep(retryMs, signal);
    }
  }
  return undefined;
}

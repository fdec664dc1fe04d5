import type { NatsConnection } from "nats";
import { errorText } from "../base/log.ts";
import { connectFailureText, connectOnce, isRefusedCertificate, isRefusedUser, NatsSetupError } from "../nats/mod.ts";
import type { ConnectionOptions } from "./connection_options.ts";
import { type ConnectionSettings, connectionSettings, ConnectionUsageError } from "./connection_settings.ts";
import { exitCode, type Io } from "./io.ts";
import { ContextError } from "./nats_context.ts";
import { lines } from "./safe_text.ts";

/** What a command needs of NATS beside the connection. */
export interface Bus {
  /** Beginning of all subjects. */
  readonly prefix: string;
  /** Addresses of the servers, without user and password. */
  readonly servers: readonly string[];
  /** JetStream's own options, `{ domain }` where one is named. */
  readonly jetstream: { readonly domain?: string };
}

/**
 * Connects a command to NATS, and disconnects when its work is done.
 *
 * @returns the exit code of `work`; 2 when the options, the address or the credentials cannot be used, 3 when there is
 * no connection, and why stands on standard error
 */
export async function withBus(
  options: ConnectionOptions,
  io: Pick<Io, "env" | "err">,
  work: (client: NatsConnection, bus: Bus) => Promise<number>,
): Promise<number> {
  const settings = await settingsOf(options, io);
  if (settings === undefined) return exitCode.usage;
  const { server, serversBy, credentialsBy, domain, prefix } = settings;
  let client: NatsConnection;
  try {
    client = await connectOnce("wattseal command", server);
  } catch (error) {
    if (error instanceof NatsSetupError) {
      const by = error.code === "credentials" && credentialsBy !== undefined ? `${credentialsBy}: ` : "";
      io.err(lines(`${by}${errorText(error)}`));
      return exitCode.usage;
    }
    const check = isRefusedUser(error)
      ? credentialsBy ?? noCredentials
      : isRefusedCertificate(error)
      ? `--tlsca, and the host that ${serversBy} names`
      : serversBy;
    io.err(
      lines(`cannot connect to NATS at ${server.servers.join(",")}: ${connectFailureText(error)}; check ${check}`),
    );
    return exitCode.unreachable;
  }
  try {
    return await work(client, { prefix, servers: server.servers, jetstream: domain === undefined ? {} : { domain } });
  } finally {
    await client.close();
  }
}

const noCredentials = "which credentials it wants: none are given (--creds, --nkey, --user, --token, NATS_CREDS)";

async function settingsOf(
  options: ConnectionOptions,
  io: Pick<Io, "env" | "err">,
): Promise<ConnectionSettings | undefined> {
  try {
    return await connectionSettings(options, io);
  } catch (error) {
    if (!(error instanceof ConnectionUsageError) && !(error instanceof ContextError)) throw error;
    io.err(lines(error.message));
    return undefined;
  }
}

import type { NatsConnection } from "nats";
import { errorText } from "../base/log.ts";
import {
  connectFailureText,
  connectOnce,
  isRefusedCertificate,
  isRefusedUser,
  NatsSetupError,
  type Reconnection,
} from "../nats/mod.ts";
import type { ConnectionOptions } from "./connection_options.ts";
import { type ConnectionSettings, connectionSettings, ConnectionUsageError } from "./connection_settings.ts";
import { exitCode, type Io } from "./io.ts";
import { ContextError } from "./nats_context.ts";
import { lines } from "./safe_text.ts";

/** What a command needs to know about NATS besides the connection. */
export interface Bus {
  /** Prefix of all subjects. */
  readonly prefix: string;
  /** Addresses of the servers, without user and password. */
  readonly servers: readonly string[];
  /** Options of JetStream; with `domain` if one is set. */
  readonly jetstream: { readonly domain?: string };
}

/**
 * Connects a command to NATS, and closes the connection after `work`.
 *
 * @param reconnection what happens after the loss of the connection
 * @returns the exit code of `work`; 2 if the options, the address or the credentials are invalid, 3 if there is no
 * connection. The reason is on standard error
 */
export async function withBus(
  options: ConnectionOptions,
  io: Pick<Io, "env" | "err">,
  work: (client: NatsConnection, bus: Bus) => Promise<number>,
  reconnection: Reconnection = {},
): Promise<number> {
  const settings = await settingsOf(options, io);
  if (settings === undefined) return exitCode.usage;
  const { server, serversBy, credentialsBy, domain, prefix } = settings;
  let client: NatsConnection;
  try {
    client = await connectOnce("wattseal command", server, reconnection);
  } catch (error) {
    if (error instanceof NatsSetupError) {
      const by = error.code === "credentials" && credentialsBy !== undefined ? `${credentialsBy}: ` : "";
      io.err(lines(`${by}${errorText(error)}`));
      return exitCode.usage;
    }
    const check = isRefusedUser(error)
      ? credentialsBy ?? noCredentials
      : isRefusedCertificate(error)
      ? `--tlsca and the host name in ${serversBy}`
      : serversBy;
    io.err(
      lines(`Cannot connect to NATS at ${server.servers.join(",")}: ${connectFailureText(error)}; check ${check}`),
    );
    return exitCode.unreachable;
  }
  try {
    return await work(client, { prefix, servers: server.servers, jetstream: domain === undefined ? {} : { domain } });
  } finally {
    await client.close();
  }
}

const noCredentials = "the credentials: none are given (use --creds, --nkey, --user, --token or NATS_CREDS)";

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

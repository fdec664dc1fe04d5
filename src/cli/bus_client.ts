import type { NatsConnection } from "nats";
import { errorText } from "../base/log.ts";
import { isServer, wantsTls } from "../config/mod.ts";
import { connectFailureText, connectOnce, NatsSetupError } from "../nats/mod.ts";
import { exitCode, type Io } from "./io.ts";
import { lines } from "./safe_text.ts";

/** Where the fleet's NATS is; absent parts come from the environment. */
export interface BusAddress {
  /** `host:port`; without it `NATS_URL`, else 127.0.0.1:4222. */
  readonly server?: string;
  /** Credentials file; without it `NATS_CREDS`. */
  readonly creds?: string;
}

/** A value and who gave it. */
interface Given {
  readonly by: string;
  readonly value: string;
}

/**
 * Connects a command to NATS, and disconnects when its work is done.
 *
 * @returns the exit code of `work`; 2 when the address or the credentials cannot be used, 3 when there is no
 * connection, and why stands on standard error
 */
export async function withBus(
  address: BusAddress,
  io: Pick<Io, "env" | "err">,
  work: (client: NatsConnection) => Promise<number>,
): Promise<number> {
  const server = given("--server", address.server, "NATS_URL", io) ?? { by: "default", value: "127.0.0.1:4222" };
  const creds = given("--creds", address.creds, "NATS_CREDS", io);
  const servers = server.value.split(",");
  if (!servers.every(isServer)) {
    io.err(lines(`${server.by} ${JSON.stringify(server.value)} is no address of a NATS server: ${forms}`));
    return exitCode.usage;
  }
  let client: NatsConnection;
  try {
    client = await connectOnce("wattseal command", {
      servers,
      ...(creds !== undefined && { credentialsFile: creds.value }),
      ...(wantsTls(servers) && { tls: {} }),
    });
  } catch (error) {
    if (error instanceof NatsSetupError) {
      io.err(lines(`${creds?.by}: ${errorText(error)}`));
      return exitCode.usage;
    }
    io.err(
      lines(
        `cannot connect to NATS at ${server.value}: ${connectFailureText(error)}; ` +
          "check --server or NATS_URL, and --creds or NATS_CREDS",
      ),
    );
    return exitCode.unreachable;
  }
  try {
    return await work(client);
  } finally {
    await client.close();
  }
}

const forms =
  "allowed are HOST, HOST:PORT, nats://HOST:PORT and tls://HOST:PORT, an IPv6 address in brackets, several " +
  "separated by commas; credentials come from --creds or NATS_CREDS";

/** An option, else its variable of the environment; one that is empty is not set. */
function given(
  option: string,
  value: string | undefined,
  variable: string,
  io: Pick<Io, "env">,
): Given | undefined {
  if (value !== undefined) return { by: option, value };
  const fromEnvironment = io.env(variable);
  return fromEnvironment ? { by: variable, value: fromEnvironment } : undefined;
}

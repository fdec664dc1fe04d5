import type { NatsConnection } from "nats";
import { wantsTls } from "../config/mod.ts";
import { connectFailureText, connectOnce } from "../nats/mod.ts";
import { exitCode, type Io } from "./io.ts";

/** Where the fleet's NATS is; absent parts come from the environment. */
export interface BusAddress {
  /** `host:port`; without it `NATS_URL`, else 127.0.0.1:4222. */
  readonly server?: string;
  /** Credentials file; without it `NATS_CREDS`. */
  readonly creds?: string;
}

/**
 * Connects a command to NATS, and disconnects when its work is done.
 *
 * @returns the exit code of `work`; 3 when there is no connection, and why stands on standard error
 */
export async function withBus(
  address: BusAddress,
  io: Pick<Io, "env" | "err">,
  work: (client: NatsConnection) => Promise<number>,
): Promise<number> {
  const given = address.server ?? io.env("NATS_URL") ?? "127.0.0.1:4222";
  const creds = address.creds ?? io.env("NATS_CREDS");
  const servers = given.split(",");
  let client: NatsConnection;
  try {
    client = await connectOnce("wattseal command", {
      servers,
      ...(creds !== undefined && { credentialsFile: creds }),
      ...(wantsTls(servers) && { tls: {} }),
    });
  } catch (error) {
    io.err(
      `cannot connect to NATS at ${given}: ${connectFailureText(error)}; ` +
        "check --server or NATS_URL, and --creds or NATS_CREDS\n",
    );
    return exitCode.unreachable;
  }
  try {
    return await work(client);
  } finally {
    await client.close();
  }
}

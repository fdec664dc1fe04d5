import { connect, credsAuthenticator, type NatsConnection } from "nats";
import { errorText } from "../base/log.ts";
import type { Io } from "./io.ts";

/** Where the fleet's NATS is; absent parts come from the environment. */
export interface BusAddress {
  /** `host:port`; without it `NATS_URL`, else 127.0.0.1:4222. */
  readonly server?: string;
  /** Credentials file; without it `NATS_CREDS`. */
  readonly creds?: string;
}

/**
 * Connects a command to NATS.
 *
 * @returns undefined when it cannot; why stands on standard error
 */
export async function connectBus(
  address: BusAddress,
  io: Pick<Io, "env" | "err">,
): Promise<NatsConnection | undefined> {
  const servers = address.server ?? io.env("NATS_URL") ?? "127.0.0.1:4222";
  const creds = address.creds ?? io.env("NATS_CREDS");
  try {
    return await connect({
      servers: servers.split(","),
      name: "wattseal command",
      ...(creds !== undefined && { authenticator: credsAuthenticator(await Deno.readFile(creds)) }),
    });
  } catch (error) {
    io.err(`cannot connect to NATS at ${servers}: ${errorText(error)}; set NATS_URL and NATS_CREDS\n`);
    return undefined;
  }
}

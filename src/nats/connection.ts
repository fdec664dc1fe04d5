import { connect, type ConnectionOptions, DebugEvents, ErrorCode, Events, type NatsConnection, NatsError } from "nats";
import { errorText, type Log } from "../base/log.ts";
import type { Time } from "../base/time.ts";
import { authenticator, type Credentials } from "./credentials.ts";
import { NatsSetupError } from "./setup_error.ts";
import { guardSockets } from "./socket_guard.ts";
import { within } from "./within.ts";

/** Where the server is and who we are to it. */
export interface ServerOptions extends Credentials {
  /** `host:port`, at least one. */
  readonly servers: readonly string[];
  /** Absolute paths. */
  readonly tls?: { readonly caFile?: string; readonly certFile?: string; readonly keyFile?: string };
}

/** Is told when the server can be reached; `fresh`: the connection is a new one, without any subscription. */
export type OnUp = (connection: NatsConnection, fresh: boolean) => void;

/**
 * One connection to NATS that is tried for ever: when the server is not there yet, goes away, refuses the credentials
 * or closes the connection for good. It never delays its caller.
 */
export class Connection {
  readonly #options: ServerOptions;
  readonly #name: string;
  readonly #log: Log;
  readonly #time: Time;
  readonly #closing = new AbortController();
  #current: NatsConnection | undefined;
  #live = false;
  #onDown: () => void = () => {};

  /** @param name how the server's administrators see us */
  constructor(name: string, options: ServerOptions, { log, time }: { log: Log; time: Time }) {
    this.#name = name;
    this.#options = options;
    this.#log = log;
    this.#time = time;
  }

  /** The connection while it is up. What is published otherwise would wait in the client's memory without any word. */
  get live(): NatsConnection | undefined {
    return this.#live ? this.#current : undefined;
  }

  /**
   * Begins to connect.
   *
   * @throws {NatsSetupError} a file with credentials or for TLS cannot be used
   */
  start(onUp: OnUp, onDown: () => void): void {
    const options = connectionOptions(this.#name, this.#options);
    const guarded = new AbortController();
    guardSockets(this.#log, guarded.signal);
    this.#onDown = onDown;
    this.#run(options, onUp).finally(() => guarded.abort());
  }

  /** Sends what is under way, at most `withinMs` milliseconds long, and disconnects. */
  async close(withinMs: number): Promise<void> {
    this.#closing.abort();
    const connection = this.#current;
    if (connection === undefined) return;
    if (this.#live) {
      // A server that went away just now rejects the drain, or never answers it.
      await within(connection.drain().catch(() => {}), withinMs, this.#time);
    }
    this.#live = false;
    await connection.close();
  }

  async #run(options: ConnectionOptions, onUp: OnUp): Promise<void> {
    while (!this.#closing.signal.aborted) {
      const connection = await this.#dial(options);
      if (connection === undefined) return;
      this.#current = connection;
      this.#live = true;
      this.#log.info("connected to NATS", { server: connection.getServer() });
      this.#watch(connection, onUp);
      onUp(connection, true);
      const reason = await connection.closed();
      this.#lost();
      if (!this.#closing.signal.aborted) {
        this.#log.error("NATS connection was closed; connecting anew", { reason: reasonText(reason ?? "unknown") });
        await this.#time.sleep(retryMs, this.#closing.signal);
      }
    }
  }

  /** Tries every server, and again, until one takes us. */
  async #dial(options: ConnectionOptions): Promise<NatsConnection | undefined> {
    let said: string | undefined;
    while (!this.#closing.signal.aborted) {
      try {
        const connection = await connect(options);
        if (!this.#closing.signal.aborted) return connection;
        await connection.close();
      } catch (error) {
        const reason = reasonText(error);
        if (reason !== said) {
          this.#log.warn("waiting for NATS; meters are read meanwhile", {
            servers: this.#options.servers.join(),
            reason,
          });
        }
        said = reason;
        await this.#time.sleep(retryMs, this.#closing.signal);
      }
    }
    return undefined;
  }

  #lost(): void {
    this.#live = false;
    this.#onDown();
  }

  async #watch(connection: NatsConnection, onUp: OnUp): Promise<void> {
    for await (const { type, data, permissionContext } of connection.status()) {
      if (type === Events.Disconnect) {
        this.#lost();
        if (!this.#closing.signal.aborted) this.#log.warn("NATS is away; connecting again", { server: String(data) });
      } else if (type === Events.Reconnect) {
        this.#live = true;
        this.#log.info("connected to NATS again", { server: String(data) });
        onUp(connection, false);
      } else if (type === Events.Error) {
        this.#log.warn("NATS reports an error", { reason: String(data), subject: permissionContext?.subject });
      } else if (type === DebugEvents.StaleConnection) {
        this.#log.warn("NATS does not answer pings; connecting again");
      }
    }
  }
}

const retryMs = 1_000;

/** The client's own words for this are one word long. */
function reasonText(error: unknown): string {
  return error instanceof NatsError && error.code === ErrorCode.ServerOptionNotAvailable
    ? "the server does not offer TLS, which the configuration asks for"
    : errorText(error);
}

function connectionOptions(name: string, { servers, tls, ...credentials }: ServerOptions): ConnectionOptions {
  for (const path of [tls?.caFile, tls?.certFile, tls?.keyFile]) {
    if (path !== undefined) assertReadable(path);
  }
  const authenticate = authenticator(credentials);
  return {
    name,
    servers: [...servers],
    timeout: 5_000,
    maxReconnectAttempts: -1,
    reconnectTimeWait: retryMs,
    // Many sites lose one server at the same moment and must not come back at the same moment.
    reconnectJitter: 1_000,
    reconnectJitterTLS: 2_000,
    ignoreAuthErrorAbort: true,
    // A server behind a link that went silent is noticed after three of these.
    pingInterval: 10_000,
    ...(authenticate === undefined ? {} : { authenticator: authenticate }),
    ...(tls === undefined ? {} : { tls }),
  };
}

function assertReadable(path: string): void {
  try {
    Deno.openSync(path).close();
  } catch (error) {
    throw new NatsSetupError("tls", `Cannot read ${path} for TLS; check path and permissions`, { cause: error });
  }
}

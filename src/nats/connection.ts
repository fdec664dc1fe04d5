import { connect, type ConnectionOptions, DebugEvents, Events, type NatsConnection } from "nats";
import type { Log } from "../base/log.ts";
import type { Time } from "../base/time.ts";
import { TroubleLog } from "../base/trouble_log.ts";
import { connectFailureText, type ServerOptions, serverOptions } from "./server_options.ts";
import { guardSockets } from "./socket_guard.ts";
import { within } from "./within.ts";

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
  readonly #away: TroubleLog;
  readonly #errors: TroubleLog;
  #current: NatsConnection | undefined;
  #live = false;
  #onDown: () => void = () => {};

  /** @param name how the server's administrators see us */
  constructor(name: string, options: ServerOptions, { log, time }: { log: Log; time: Time }) {
    this.#name = name;
    this.#options = options;
    this.#log = log;
    this.#time = time;
    this.#away = new TroubleLog(log, time);
    this.#errors = new TroubleLog(log, time);
  }

  /** The connection while it is up. What is published otherwise would wait in the client's memory without any word. */
  get live(): NatsConnection | undefined {
    return this.#live ? this.#current : undefined;
  }

  /** Begin of the subjects on which answers come; undefined: the client's own. */
  get inboxPrefix(): string | undefined {
    return this.#options.inboxPrefix;
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
      const server = connection.getServer();
      if (this.#away.isFailing) this.#away.over("connected to NATS", { server });
      else this.#log.info("connected to NATS", { server });
      this.#watch(connection, onUp);
      onUp(connection, true);
      const reason = await connection.closed();
      this.#lost();
      if (!this.#closing.signal.aborted) {
        this.#away.failed("NATS connection was closed; connecting again", {
          reason: connectFailureText(reason ?? "unknown"),
        });
        await this.#time.sleep(retryMs, this.#closing.signal);
      }
    }
  }

  /** Tries every server, and again, until one takes us. */
  async #dial(options: ConnectionOptions): Promise<NatsConnection | undefined> {
    while (!this.#closing.signal.aborted) {
      try {
        const connection = await connect(options);
        if (!this.#closing.signal.aborted) return connection;
        await connection.close();
      } catch (error) {
        this.#away.failed("waiting for NATS; meters are read meanwhile", {
          servers: this.#options.servers.join(),
          reason: connectFailureText(error),
        });
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
        if (!this.#closing.signal.aborted) {
          this.#away.failed("NATS is away; connecting again", { server: String(data) });
        }
      } else if (type === Events.Reconnect) {
        this.#live = true;
        this.#away.over("connected to NATS again", { server: String(data) });
        onUp(connection, false);
      } else if (type === Events.Error) {
        // A refused subject goes on with the connection; other errors of the server are why there is none.
        const trouble = permissionContext === undefined ? this.#away : this.#errors;
        trouble.failed("NATS reports an error", { reason: String(data), subject: permissionContext?.subject });
      } else if (type === DebugEvents.StaleConnection) {
        this.#away.failed("NATS does not answer pings; connecting again");
      }
    }
  }
}

const retryMs = 1_000;

function connectionOptions(name: string, options: ServerOptions): ConnectionOptions {
  return {
    ...serverOptions(options),
    name,
    timeout: 5_000,
    maxReconnectAttempts: -1,
    reconnectTimeWait: retryMs,
    // Many sites lose one server at the same moment and must not come back at the same moment.
    reconnectJitter: 1_000,
    reconnectJitterTLS: 2_000,
    ignoreAuthErrorAbort: true,
    // A server behind a link that went silent is noticed after three of these.
    pingInterval: 10_000,
  };
}

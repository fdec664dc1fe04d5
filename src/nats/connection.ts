import { connect, type ConnectionOptions, DebugEvents, Events, type NatsConnection } from "nats";
import type { Log } from "../base/log.ts";
import type { Time } from "../base/time.ts";
import { TroubleLog } from "../base/trouble_log.ts";
import { AnswerInbox } from "./answer_inbox.ts";
import { type Denial, usualInbox } from "./lacking_right.ts";
import { connectFailureText, type ServerOptions, serverOptions } from "./server_options.ts";
import { guardSockets } from "./socket_guard.ts";
import { within } from "./within.ts";

/** What is reported of a connection. */
export interface ConnectionListener {
  /** The server can be reached, over a new connection or over the one before, which has its subscriptions still. */
  onUp(connection: NatsConnection): void;
  onDown(): void;
  /** The server refuses a subject; everything else on the connection goes on. */
  onDenied(denial: Denial): void;
}

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
  #current: NatsConnection | undefined;
  #live = false;
  readonly #inbox: AnswerInbox;
  #listener: ConnectionListener | undefined;
  /** The connection that the listener knows. */
  #announced: NatsConnection | undefined;
  /** How often a connection was lost. */
  #losses = 0;

  /** @param name how the server's administrators see us */
  constructor(name: string, options: ServerOptions, { log, time }: { log: Log; time: Time }) {
    this.#name = name;
    this.#options = options;
    this.#log = log;
    this.#time = time;
    this.#away = new TroubleLog(log, time);
    this.#inbox = new AnswerInbox(options.inboxPrefix ?? usualInbox);
  }

  /** The connection while it is up. What is published otherwise would wait in the client's memory without any word. */
  get live(): NatsConnection | undefined {
    return this.#live ? this.#current : undefined;
  }

  /** Begin of the subjects on which answers come. */
  get inboxPrefix(): string {
    return this.#inbox.prefix;
  }

  /**
   * Begins to connect.
   *
   * @throws {NatsSetupError} a file with credentials or for TLS cannot be used
   */
  start(listener: ConnectionListener): void {
    const options = connectionOptions(this.#name, this.#options);
    const guarded = new AbortController();
    guardSockets(this.#log, guarded.signal);
    this.#listener = listener;
    this.#run(options).finally(() => guarded.abort());
  }

  /** Asks again for an inbox that the server refused. */
  async checkInbox(): Promise<void> {
    if (this.live !== undefined && !(await this.#inbox.suits(this.live))) await this.#current?.close();
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

  async #run(options: ConnectionOptions): Promise<void> {
    while (!this.#closing.signal.aborted) {
      const connection = await this.#dial({ ...options, inboxPrefix: this.#inbox.prefix });
      if (connection === undefined) return;
      const { prefix } = this.#inbox;
      this.#current = connection;
      this.#watch(connection);
      await this.#up(connection);
      const reason = await connection.closed();
      this.#lost();
      if (this.#inbox.prefix !== prefix || this.#closing.signal.aborted) continue;
      this.#away.failed("NATS connection was closed; connecting again", {
        reason: connectFailureText(reason ?? "unknown"),
      });
      await this.#time.sleep(retryMs, this.#closing.signal);
    }
  }

  /** Says that the server is there, once it is known that answers can arrive on this connection. */
  async #up(connection: NatsConnection): Promise<void> {
    const losses = this.#losses;
    if (!(await this.#inbox.suits(connection))) return await connection.close();
    if (this.#losses !== losses || this.#closing.signal.aborted) return;
    const again = this.#announced === connection ? " again" : "";
    const server = connection.getServer();
    if (this.#away.isFailing) this.#away.over(`connected to NATS${again}`, { server });
    else this.#log.info("connected to NATS", { server });
    this.#announced = connection;
    this.#live = true;
    this.#listener?.onUp(connection);
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
    this.#losses++;
    this.#live = false;
    this.#listener?.onDown();
  }

  async #watch(connection: NatsConnection): Promise<void> {
    for await (const { type, data, permissionContext } of connection.status()) {
      if (type === Events.Disconnect) {
        this.#lost();
        if (!this.#closing.signal.aborted) {
          this.#away.failed("NATS is away; connecting again", { server: String(data) });
        }
      } else if (type === Events.Reconnect) {
        void this.#up(connection);
      } else if (type === Events.Error && permissionContext !== undefined) {
        this.#denied(permissionContext.operation, permissionContext.subject);
      } else if (type === Events.Error) {
        this.#away.failed("NATS reports an error", { reason: String(data) });
      } else if (type === DebugEvents.StaleConnection) {
        this.#away.failed("NATS does not answer pings; connecting again");
      }
    }
  }

  #denied(operation: string, subject: string): void {
    this.#listener?.onDenied({ operation: operation === "publish" ? "publish" : "subscribe", subject });
    // Permissions can change while we are connected.
    if (subject.startsWith(`${this.#inbox.prefix}.`)) void this.checkInbox();
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

import { connect, type ConnectionOptions, DebugEvents, Events, type NatsConnection } from "nats";
import type { Log } from "../base/log.ts";
import type { Time } from "../base/time.ts";
import { ProblemLog } from "../base/problem_log.ts";
import { within } from "../base/waits.ts";
import { AnswerInbox } from "./answer_inbox.ts";
import { type Denial, usualInbox } from "./missing_permission.ts";
import { connectFailureText, type ServerOptions, serverOptions } from "./server_options.ts";
import { guardSockets, type SocketGuard } from "./socket_guard.ts";

/** Receives the events of a connection. */
export interface ConnectionListener {
  /** The server is connected: with a new connection, or with the previous one, which still has its subscriptions. */
  onUp(connection: NatsConnection): void;
  onDown(): void;
  /** The server refuses a subject; everything else on the connection still works. */
  onDenied(denial: Denial): void;
}

/**
 * A connection to NATS that is retried without end: if the server is not reachable, refuses the credentials, or closes
 * the connection. It never blocks its caller.
 */
export class Connection {
  readonly #options: ServerOptions;
  readonly #name: string;
  readonly #log: Log;
  readonly #time: Time;
  readonly #closing = new AbortController();
  readonly #away: ProblemLog;
  #current: NatsConnection | undefined;
  #live = false;
  readonly #inbox: AnswerInbox;
  #listener: ConnectionListener | undefined;
  /** The connection that was reported to the listener. */
  #announced: NatsConnection | undefined;
  #reason = "connecting";
  /** Number of lost connections. */
  #losses = 0;

  /** @param name name of the connection on the server */
  constructor(name: string, options: ServerOptions, { log, time }: { log: Log; time: Time }) {
    this.#name = name;
    this.#options = options;
    this.#log = log;
    this.#time = time;
    this.#away = new ProblemLog(log, time);
    this.#inbox = new AnswerInbox(options.inboxPrefix ?? usualInbox);
  }

  /**
   * The connection; undefined while it is down, because the client would buffer messages in memory without a warning.
   */
  get live(): NatsConnection | undefined {
    return this.#live ? this.#current : undefined;
  }

  /** Why the server is not connected; undefined: it is connected. */
  get problem(): string | undefined {
    if (this.#live) return undefined;
    const { servers } = this.#options;
    return `NATS is not connected (${servers.join(", ")}): ${this.#reason}; records wait in the journal until it is`;
  }

  /** Prefix of the subjects for answers. */
  get inboxPrefix(): string {
    return this.#inbox.prefix;
  }

  /**
   * Starts to connect.
   *
   * @throws {NatsSetupError} a file with credentials or for TLS cannot be used
   */
  start(listener: ConnectionListener): void {
    const options = connectionOptions(this.#name, this.#options);
    const guarded = new AbortController();
    const guard = guardSockets(this.#log, guarded.signal);
    this.#listener = listener;
    this.#run(options, guard).finally(() => guarded.abort());
  }

  /** Retries an inbox that the server refused. */
  async checkInbox(): Promise<void> {
    if (this.live !== undefined && !(await this.#inbox.suits(this.live))) await this.#current?.close();
  }

  /** Sends pending messages, for at most `withinMs` milliseconds, and disconnects. */
  async close(withinMs: number): Promise<void> {
    this.#closing.abort();
    const connection = this.#current;
    if (connection === undefined) return;
    if (this.#live) {
      // If the server has just disappeared, the drain fails or never ends
      await within(connection.drain().catch(() => {}), withinMs, this.#time);
    }
    this.#live = false;
    await connection.close();
  }

  async #run(options: ConnectionOptions, guard: SocketGuard): Promise<void> {
    while (!this.#closing.signal.aborted) {
      const connection = await this.#dial({ ...options, inboxPrefix: this.#inbox.prefix }, guard);
      if (connection === undefined) return;
      const { prefix } = this.#inbox;
      this.#current = connection;
      this.#watch(connection);
      await this.#up(connection);
      const reason = await connection.closed();
      this.#lost();
      if (this.#inbox.prefix !== prefix || this.#closing.signal.aborted) continue;
      this.#missing("The NATS connection was closed; reconnecting", {
        reason: connectFailureText(reason ?? "unknown"),
      });
      await this.#time.sleep(retryMs, this.#closing.signal);
    }
  }

  /** Reports the connection after a check that answers can arrive on it. */
  async #up(connection: NatsConnection): Promise<void> {
    const losses = this.#losses;
    if (!(await this.#inbox.suits(connection))) return await connection.close();
    if (this.#losses !== losses || this.#closing.signal.aborted) return;
    const again = this.#announced === connection ? " again" : "";
    const server = connection.getServer();
    if (this.#away.isFailing) this.#away.over(`Connected to NATS${again}`, { server });
    else this.#log.info("Connected to NATS", { server });
    this.#announced = connection;
    this.#live = true;
    this.#listener?.onUp(connection);
  }

  /** Tries all servers repeatedly until one accepts the connection. */
  async #dial(options: ConnectionOptions, guard: SocketGuard): Promise<NatsConnection | undefined> {
    while (!this.#closing.signal.aborted) {
      try {
        const connection = await connect(options);
        if (!this.#closing.signal.aborted) return connection;
        await connection.close();
      } catch (error) {
        this.#missing("Cannot connect to NATS; retrying; meters are still read", {
          servers: this.#options.servers.join(),
          reason: connectFailureText(guard.explain(error)),
        });
        await this.#time.sleep(retryMs, this.#closing.signal);
      }
    }
    return undefined;
  }

  /** Logs why the server is not connected. */
  #missing(message: string, fields: { readonly servers?: string; readonly server?: string; readonly reason: string }) {
    this.#reason = fields.reason;
    this.#away.failed(message, fields);
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
          this.#reason = "the connection is lost";
          this.#away.failed("The NATS connection is lost; reconnecting", { server: String(data) });
        }
      } else if (type === Events.Reconnect) {
        void this.#up(connection);
      } else if (type === Events.Error && permissionContext !== undefined) {
        this.#denied(permissionContext.operation, permissionContext.subject);
      } else if (type === Events.Error) {
        this.#missing("NATS reports an error", { reason: String(data) });
      } else if (type === DebugEvents.StaleConnection) {
        this.#reason = "the server does not answer pings";
        this.#away.failed("NATS does not answer pings; reconnecting");
      }
    }
  }

  #denied(operation: string, subject: string): void {
    this.#listener?.onDenied({ operation: operation === "publish" ? "publish" : "subscribe", subject });
    // Permissions can change during a connection
    if (subject.startsWith(`${this.#inbox.prefix}.`)) void this.checkInbox();
  }
}

const retryMs = 1_000;

/** The options of a connection that is never given up. @throws {NatsSetupError} a file cannot be used */
export function connectionOptions(name: string, options: ServerOptions): ConnectionOptions {
  return {
    ...serverOptions(options),
    name,
    timeout: 5_000,
    maxReconnectAttempts: -1,
    reconnectTimeWait: retryMs,
    // Many sites can lose the same server at the same moment; they must not all reconnect at the same moment
    reconnectJitter: 1_000,
    reconnectJitterTLS: 2_000,
    ignoreAuthErrorAbort: true,
    // A server behind a dead link is detected after three of these intervals
    pingInterval: 10_000,
  };
}

/** @returns whether the server confirms within `ms` milliseconds that it has received everything */
export async function flushed(connection: NatsConnection, ms: number, time: Time): Promise<boolean> {
  let answered = false;
  const answer = connection.flush().then(() => {
    answered = true;
  }, () => {});
  await within(answer, ms, time);
  return answered;
}

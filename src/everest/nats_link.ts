import type { Log } from "../base/log.ts";
import { ProblemLog } from "../base/problem_log.ts";
import type { Time } from "../base/time.ts";
import { within } from "../base/waits.ts";
import {
  type ClientConnection,
  type ClientMessage,
  type ClientRequestOptions,
  type ClientSubscription,
  NobodyThereError,
} from "../client/mod.ts";

/** A connection that its owner can close. */
export type OwnedConnection = ClientConnection & { drain(): Promise<void>; close(): Promise<void> };

/** How long a stop waits for the server. */
const closeMs = 2_000;

/**
 * A NATS connection that may not exist yet, or be interrupted. Meanwhile each request fails at once: the NATS client would
 * keep it and send it after the reconnection, when EVerest does not want it any more.
 */
export class NatsLink implements ClientConnection {
  readonly #away: ProblemLog;
  readonly #time: Time;
  #connection: OwnedConnection | undefined;
  #isLive = false;

  constructor({ log, time }: { readonly log: Log; readonly time: Time }) {
    this.#away = new ProblemLog(log, time);
    this.#time = time;
  }

  /** Uses a new connection from now on. */
  use(connection: OwnedConnection): void {
    this.#connection = connection;
    this.#isLive = true;
    void this.#follow(connection);
  }

  /** Disconnects. */
  async close(): Promise<void> {
    this.#isLive = false;
    const connection = this.#connection;
    if (connection === undefined || connection.isClosed()) return;
    // If the server has just disappeared, the drain fails or never ends
    await within(connection.drain().catch(() => {}), closeMs, this.#time);
    await connection.close();
  }

  async request(
    subject: string,
    payload?: string | Uint8Array,
    options?: ClientRequestOptions,
  ): Promise<ClientMessage> {
    return await this.#live(`send a request to ${subject}`).request(subject, payload, options);
  }

  publish(subject: string, payload?: string | Uint8Array): void {
    this.#live(`publish to ${subject}`).publish(subject, payload);
  }

  subscribe(subject: string): ClientSubscription {
    return this.#live(`subscribe to ${subject}`).subscribe(subject);
  }

  async flush(): Promise<void> {
    await this.#live("send messages").flush();
  }

  status(): AsyncIterable<{ readonly type: string }> {
    return this.#live("follow the connection").status();
  }

  isClosed(): boolean {
    return this.#connection?.isClosed() ?? false;
  }

  #live(doing: string): OwnedConnection {
    if (this.#connection !== undefined && this.#isLive) return this.#connection;
    throw new NobodyThereError(`Cannot ${doing}: NATS is not connected`);
  }

  async #follow(connection: OwnedConnection): Promise<void> {
    for await (const { type } of connection.status()) {
      if (type === "disconnect") {
        this.#isLive = false;
        this.#away.failed("The NATS connection is lost; reconnecting");
      } else if (type === "reconnect") {
        this.#isLive = true;
        this.#away.over("Connected to NATS again");
      }
    }
    this.#isLive = false;
  }
}

import type { NatsConnection } from "nats";
import type { Log } from "../base/log.ts";
import type { Time } from "../base/time.ts";
import { Access, type AccessOptions } from "./access.ts";
import type { Denial } from "./missing_permission.ts";

/** Dependencies of the check. */
export interface AccessCheckOptions extends AccessOptions {
  /** A subject of this process that no other client publishes or subscribes to. */
  readonly echoSubject: string;
  /** The connection; undefined while it is down. */
  live(): NatsConnection | undefined;
  /** Retries an inbox that was refused. */
  checkInbox(): Promise<void>;
  /** Publishes the last values of some subjects again. */
  repeat(subjects: readonly string[]): void;
}

/**
 * Finds missing permissions: after each connect, and repeatedly while one is missing. The server does not notify
 * clients of changed permissions.
 */
export class AccessCheck {
  readonly #options: AccessCheckOptions;
  readonly #access: Access;
  readonly #time: Time;
  /** Monotonic time in milliseconds when the present connection was made; older refusals belong to an earlier one. */
  #sinceMs = -Infinity;

  constructor(options: AccessCheckOptions, deps: { log: Log; time: Time }) {
    this.#options = options;
    this.#access = new Access(options, deps);
    this.#time = deps.time;
  }

  /** A sentence for each permission that is missing. */
  get problems(): string[] {
    return this.#access.problems;
  }

  /** Call it when the server refuses a subject. */
  denied(denial: Denial): void {
    // Only this check uses the subject
    if (denial.subject !== this.#options.echoSubject) this.#access.denied(denial);
  }

  /** Call it when the server is known to accept these subjects. */
  allowed(denials: readonly Denial[]): void {
    this.#access.allowed(denials);
  }

  /** Call it when the connection is lost: the next one may have other permissions. */
  disconnected(): void {
    this.#sinceMs = this.#time.mono();
  }

  /**
   * Call it when the connection is up and everything pending was sent: subjects that were not refused are permitted.
   */
  async connected(connection: NatsConnection): Promise<void> {
    await this.#echo(connection);
    if (this.#options.live() === connection) this.#access.forget(this.#sinceMs);
  }

  /** Retries everything while a permission is missing. Call it every {@linkcode accessRetryMs}. */
  async retry(): Promise<void> {
    const { live, checkInbox, repeat } = this.#options;
    const connection = live();
    if (connection === undefined || this.problems.length === 0) return;
    repeat(this.#access.unpublished);
    await this.#echo(connection);
    await checkInbox();
    this.#access.forget(this.#time.mono() - rareMs);
  }

  /** Call it when subjects that begin with `root` are not used any more. */
  withdraw(root: string): void {
    this.#access.withdraw(root);
  }

  close(): void {
    this.#access.close();
  }

  /** Sends a request to this process itself, to check that answers can be sent before a client needs one. */
  async #echo(connection: NatsConnection): Promise<void> {
    const { echoSubject: subject, scope } = this.#options;
    let reply = "";
    try {
      const own = connection.subscribe(subject, {
        callback: (error, message) => {
          if (error !== null) return;
          reply = message.reply ?? "";
          message.respond(subject);
        },
      });
      try {
        let answer: string | undefined;
        // Refusals arrive as errors of the connection
        connection.request(subject, "", { timeout: echoMs }).then((message) => answer = message.string(), () => {});
        // The server sends in order: our request arrives before the first round trip ends, and its answer or a refusal
        // before the second. A timeout alone proves nothing, because this machine may stall for longer.
        for (let trip = 0; trip < echoTrips; trip++) await connection.flush();
        // A stream with a wildcard subject answers, too
        if (answer === subject) {
          const inbox = reply.startsWith(`${scope.inboxPrefix}.`);
          this.#access.allowed([
            { operation: "publish", subject: reply },
            ...(inbox ? [{ operation: "subscribe", subject: reply } as const] : []),
          ]);
        }
      } finally {
        own.unsubscribe();
      }
    } catch {
      // A lost connection is checked again after the reconnect
    }
  }
}

/** Time between two retries. */
export const accessRetryMs = 30_000;
const echoMs = 60_000;
/** Two for the answer, and one more so that it has been handled. */
const echoTrips = 3;
/** Everything that is refused is retried within this time; records are retried last. */
const rareMs = 600_000;

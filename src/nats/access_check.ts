import type { NatsConnection } from "nats";
import type { Log } from "../base/log.ts";
import type { Time } from "../base/time.ts";
import { Access, type AccessOptions } from "./access.ts";
import type { Denial } from "./lacking_right.ts";

/** What the check works with. */
export interface AccessCheckOptions extends AccessOptions {
  /** A subject below ours on which nobody else sends or subscribes. */
  readonly echoSubject: string;
  /** The connection while it is up. */
  live(): NatsConnection | undefined;
  /** Asks again for an inbox that was refused. */
  checkInbox(): Promise<void>;
  /** Publishes the last values of some subjects again. */
  repeat(subjects: readonly string[]): void;
}

/**
 * Finds out which permissions are missing: at each connection, and again and again while one is. The server takes over
 * changed permissions without a sign.
 */
export class AccessCheck {
  readonly #options: AccessCheckOptions;
  readonly #access: Access;
  readonly #time: Time;
  /** Monotonic time in milliseconds since which refusals are those of the present connection. */
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

  /** The server refuses a subject. */
  denied(denial: Denial): void {
    // Only this check needs it
    if (denial.subject !== this.#options.echoSubject) this.#access.denied(denial);
  }

  /** The server takes these subjects. */
  allowed(denials: readonly Denial[]): void {
    this.#access.allowed(denials);
  }

  /** The connection is lost: the next one may have other permissions. */
  disconnected(): void {
    this.#sinceMs = this.#time.mono();
  }

  /** The connection is up, and everything that is due was sent: what was not refused on it is in order. */
  async connected(connection: NatsConnection): Promise<void> {
    await this.#echo(connection);
    if (this.#options.live() === connection) this.#access.forget(this.#sinceMs);
  }

  /** Tries everything again while a permission is missing; to be called every {@linkcode accessRetryMs}. */
  async retry(): Promise<void> {
    const { live, checkInbox, repeat } = this.#options;
    const connection = live();
    if (connection === undefined || this.problems.length === 0) return;
    repeat(this.#access.unpublished);
    await this.#echo(connection);
    await checkInbox();
    this.#access.forget(this.#time.mono() - rareMs);
  }

  close(): void {
    this.#access.close();
  }

  /** Sends a request to this process itself: whether answers get out is to be known before somebody needs one. */
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
        // What is refused arrives by itself
        connection.request(subject, "", { timeout: echoMs }).then((message) => answer = message.string(), () => {});
        // The server sends in order: our request comes before the first of these, its answer or a refusal before the
        // second. Only then has it to be known: this machine may stand still for longer than any request may take.
        for (let trip = 0; trip < echoTrips; trip++) await connection.flush();
        // A stream that takes any subject answers too
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
      // A connection that is lost is checked when it is back
    }
  }
}

/** Between two tries. */
export const accessRetryMs = 30_000;
const echoMs = 60_000;
/** One more than the answer needs, so that it has been handled. */
const echoTrips = 3;
/** Whatever is refused is tried again within this time, a record at the latest. */
const rareMs = 600_000;

import { createInbox, type NatsConnection } from "nats";
import { usualInbox } from "./missing_permission.ts";

/** Selects the prefix for answers to our requests: the configured one, or `_INBOX` if the server refuses it. */
export class AnswerInbox {
  readonly #wanted: string;
  #prefix: string;

  constructor(wanted: string) {
    this.#wanted = wanted;
    this.#prefix = wanted;
  }

  /** The prefix for the next connection. */
  get prefix(): string {
    return this.#prefix;
  }

  /**
   * Checks whether the server accepts the configured prefix. The prefix of a connection cannot change, so a different
   * result requires a new connection.
   *
   * @returns whether the connection can be kept
   */
  async suits(connection: NatsConnection): Promise<boolean> {
    if (this.#wanted === usualInbox) return true;
    const refused = await isRefused(connection, `${createInbox(this.#wanted)}.*`);
    if (refused === undefined) return true;
    const prefix = refused ? usualInbox : this.#wanted;
    const suits = prefix === this.#prefix;
    this.#prefix = prefix;
    return suits;
  }
}

/** @returns undefined: the connection was lost; the check is repeated on the next one */
async function isRefused(connection: NatsConnection, subject: string): Promise<boolean | undefined> {
  let refused = false;
  try {
    const probe = connection.subscribe(subject, { callback: (error) => refused ||= error !== null });
    await connection.flush();
    probe.unsubscribe();
    return refused;
  } catch {
    return undefined;
  }
}

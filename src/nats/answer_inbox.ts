import { createInbox, type NatsConnection } from "nats";
import { usualInbox } from "./lacking_right.ts";

/** Where answers to our requests arrive: below the prefix that is configured, or below `_INBOX` if that is refused. */
export class AnswerInbox {
  readonly #wanted: string;
  #prefix: string;

  constructor(wanted: string) {
    this.#wanted = wanted;
    this.#prefix = wanted;
  }

  /** What the next connection is made with. */
  get prefix(): string {
    return this.#prefix;
  }

  /**
   * Asks the server for the configured prefix. A connection keeps the prefix that it is made with, so that it has to be
   * made again where the answer is another one than before.
   *
   * @returns whether the connection can stay
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

/** @returns undefined where the connection is lost meanwhile; the next one is asked again */
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

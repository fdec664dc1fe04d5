import type { NatsConnection } from "nats";
import type { Time } from "../base/time.ts";
import type { SpooledReading } from "../spool/mod.ts";
import { flushed } from "./flushed.ts";
import { publishText } from "./publish.ts";

/** What plain publishing works with. */
export interface PlainReadingsOptions {
  /** Takes readings that the server did not confirm. */
  giveBack(readings: readonly SpooledReading[]): void;
  /** The connection while it is up. */
  live(): NatsConnection | undefined;
}

/**
 * Readings for subscribers alone, where no stream holds them. One that was sent is remembered until the server has
 * answered a ping behind it: what went into a connection that was dead already is given back.
 */
export class PlainReadings {
  readonly #options: PlainReadingsOptions;
  readonly #time: Time;
  readonly #unconfirmed = new Set<SpooledReading>();
  readonly #closing = new AbortController();
  #confirming = false;

  constructor(options: PlainReadingsOptions, time: Time) {
    this.#options = options;
    this.#time = time;
  }

  /**
   * Publishes a reading at once.
   *
   * @throws {NatsError} the server does not take messages so long, or the connection is closed
   */
  send(connection: NatsConnection, subject: string, reading: SpooledReading): void {
    publishText(connection, subject, reading.payload, reading.messageId);
    this.#unconfirmed.add(reading);
    if (this.#unconfirmed.size > mostUnconfirmed) this.#giveUp([...this.#unconfirmed]);
    void this.#confirmSoon();
  }

  /** The connection was lost, and what it took last perhaps with it. */
  disconnected(): void {
    this.#giveUp([...this.#unconfirmed]);
  }

  /** Asks once more whether all is sent, at most `withinMs` milliseconds long, and gives back the rest. */
  async close(withinMs: number): Promise<void> {
    this.#closing.abort();
    await this.#confirm(withinMs);
  }

  async #confirmSoon(): Promise<void> {
    if (this.#confirming) return;
    this.#confirming = true;
    while (this.#unconfirmed.size > 0 && !this.#closing.signal.aborted) {
      await this.#time.sleep(confirmMs, this.#closing.signal);
      if (!this.#closing.signal.aborted) await this.#confirm(answerMs);
    }
    this.#confirming = false;
  }

  async #confirm(withinMs: number): Promise<void> {
    const sent = [...this.#unconfirmed];
    const connection = this.#options.live();
    if (sent.length === 0) return;
    if (connection !== undefined && await flushed(connection, withinMs, this.#time)) {
      for (const reading of sent) this.#unconfirmed.delete(reading);
    } else {
      this.#giveUp(sent);
    }
  }

  #giveUp(readings: readonly SpooledReading[]): void {
    // One that was given up or confirmed meanwhile is not kept twice.
    const waiting = readings.filter((reading) => this.#unconfirmed.delete(reading));
    if (waiting.length > 0) this.#options.giveBack(waiting);
  }
}

/** Between two questions whether what was sent has arrived. */
const confirmMs = 1_000;
/** A server that does not answer for so long counts as gone, before the client gives the connection up. */
const answerMs = 10_000;
const mostUnconfirmed = 5_000;

import type { NatsConnection } from "nats";
import type { Time } from "../base/time.ts";
import type { SpooledReading } from "../spool/mod.ts";
import { flushed } from "./connection.ts";
import { forbiddenText } from "./jetstream_reason.ts";
import { publishText } from "./publish.ts";

/** Dependencies of `PlainReadings`. */
export interface PlainReadingsOptions {
  /** Called with readings that the server did not confirm. */
  returnReadings(readings: readonly SpooledReading[]): void;
  /** The connection; undefined while it is down. */
  live(): NatsConnection | undefined;
}

/**
 * Publishes readings that no stream stores, for subscribers only. A reading is remembered until the server answers a
 * later ping. Readings that were sent on a dead connection are returned with `returnReadings`.
 */
export class PlainReadings {
  readonly #options: PlainReadingsOptions;
  readonly #time: Time;
  /** Readings with their subjects. */
  readonly #unconfirmed = new Map<SpooledReading, string>();
  /** Readings from the spool that are being sent, and whether their subject was refused. */
  readonly #carried = new Set<{ readonly subject: string; denied: boolean }>();
  readonly #closing = new AbortController();
  #confirming = false;

  constructor(options: PlainReadingsOptions, time: Time) {
    this.#options = options;
    this.#time = time;
  }

  /**
   * Publishes a reading at once.
   *
   * @throws {NatsError} the message is larger than the server's `max_payload`, or the connection is closed
   */
  send(connection: NatsConnection, subject: string, reading: SpooledReading): void {
    publishText(connection, subject, reading.payload, reading.messageId);
    this.#unconfirmed.set(reading, subject);
    if (this.#unconfirmed.size > maxUnconfirmed) this.#returnUnconfirmed([...this.#unconfirmed.keys()]);
    void this.#confirmSoon();
  }

  /**
   * Publishes a reading from the spool and waits until the server has it.
   *
   * @throws {Error} the server does not answer or refuses the subject
   * @throws {NatsError} the message is larger than the server's `max_payload`, or the connection is closed
   */
  async carry(connection: NatsConnection, subject: string, reading: SpooledReading): Promise<void> {
    const carried = { subject, denied: false };
    this.#carried.add(carried);
    try {
      publishText(connection, subject, reading.payload, reading.messageId);
      if (!(await this.#confirmed(connection, answerMs))) throw new Error("The NATS server does not answer");
      if (carried.denied) throw new Error(forbiddenText(subject));
    } finally {
      this.#carried.delete(carried);
    }
  }

  /** Call it when the server refuses to publish on a subject. */
  denied(subject: string): void {
    for (const carried of this.#carried) if (carried.subject === subject) carried.denied = true;
    this.#returnUnconfirmed(
      [...this.#unconfirmed].filter(([, other]) => other === subject).map(([reading]) => reading),
    );
  }

  /** Call it when the connection is lost; the last readings may be lost with it. */
  disconnected(): void {
    this.#returnUnconfirmed([...this.#unconfirmed.keys()]);
  }

  /** Waits at most `withinMs` milliseconds for the last confirmation and returns unconfirmed readings. */
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
    const sent = [...this.#unconfirmed.keys()];
    const connection = this.#options.live();
    if (sent.length === 0) return;
    if (connection !== undefined && await this.#confirmed(connection, withinMs)) {
      for (const reading of sent) this.#unconfirmed.delete(reading);
    } else {
      this.#returnUnconfirmed(sent);
    }
  }

  async #confirmed(connection: NatsConnection, withinMs: number): Promise<boolean> {
    const confirmed = await flushed(connection, withinMs, this.#time);
    // A refusal that arrives before this answer is reported after it
    await this.#time.sleep(0);
    return confirmed;
  }

  #returnUnconfirmed(readings: readonly SpooledReading[]): void {
    // Skips readings that were already returned or confirmed
    const waiting = readings.filter((reading) => this.#unconfirmed.delete(reading));
    if (waiting.length > 0) this.#options.returnReadings(waiting);
  }
}

/** Time between two checks whether the sent readings have arrived. */
const confirmMs = 1_000;
/** A server that does not answer for this long counts as lost, before the client closes the connection. */
const answerMs = 10_000;
const maxUnconfirmed = 5_000;

import type { NatsConnection } from "nats";
import { errorText, type Log } from "../base/log.ts";
import type { Time } from "../base/time.ts";
import { TroubleLog } from "../base/trouble_log.ts";
import type { Reading } from "../meter/mod.ts";
import type { Spool, SpooledReading } from "../spool/mod.ts";
import { flushed } from "./flushed.ts";
import { powermeter, publicKeyOf } from "./payloads.ts";
import type { MeterPost } from "./posts.ts";
import { publishText } from "./publish.ts";
import type { Subjects } from "./subjects.ts";

/** What readings pass through. */
export interface ReadingsOptions {
  readonly subjects: Subjects;
  readonly spool: Pick<Spool, "add">;
  /** The connection while it is up. */
  live(): NatsConnection | undefined;
}

/**
 * Where readings leave the process: at once while NATS is there, else into the spool. A reading that was sent is
 * remembered until the server has answered a ping behind it: what went into a connection that was dead already goes
 * into the spool too, and what the server had nevertheless is told by its `Nats-Msg-Id`.
 */
export class Readings {
  readonly #options: ReadingsOptions;
  readonly #trouble: TroubleLog;
  readonly #time: Time;
  readonly #unconfirmed = new Set<SpooledReading>();
  readonly #closing = new AbortController();
  #confirming = false;

  constructor(options: ReadingsOptions, { log, time }: { log: Log; time: Time }) {
    this.#options = options;
    this.#trouble = new TroubleLog(log, time);
    this.#time = time;
  }

  publish({ name, meter, publicKeyFormat }: MeterPost, reading: Reading): void {
    const payload = powermeter(reading, { publicKey: publicKeyOf(meter.identity, publicKeyFormat) });
    const text = {
      meter: name,
      messageId: `${payload.meter_id}:${payload.timestamp}`,
      takenAtMs: reading.takenAtMs,
      payload: JSON.stringify(payload),
    };
    if (!this.#send(text)) return this.#options.spool.add([text]);
    this.#unconfirmed.add(text);
    if (this.#unconfirmed.size > mostUnconfirmed) this.#giveUp([...this.#unconfirmed]);
    this.#confirmSoon();
  }

  /** The connection was lost, and what it took last perhaps with it. */
  disconnected(): void {
    this.#giveUp([...this.#unconfirmed]);
  }

  /** Asks once more whether all is sent, at most `withinMs` milliseconds long; the rest goes into the spool. */
  async close(withinMs: number): Promise<void> {
    this.#closing.abort();
    await this.#confirm(withinMs);
  }

  /** @returns whether it was sent */
  #send(reading: SpooledReading): boolean {
    const { live, subjects } = this.#options;
    const connection = live();
    if (connection === undefined) return false;
    try {
      publishText(connection, subjects.of(reading.meter, "reading"), reading.payload, reading.messageId);
      this.#trouble.over("readings are published again");
      return true;
    } catch (error) {
      this.#trouble.failed("cannot publish a reading", { meter: reading.meter, reason: errorText(error) });
      return false;
    }
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
    if (waiting.length > 0) this.#options.spool.add(waiting);
  }
}

/** Between two questions whether what was sent has arrived. */
const confirmMs = 1_000;
/** A server that does not answer for so long is taken for gone, before the client gives the connection up. */
const answerMs = 10_000;
const mostUnconfirmed = 5_000;

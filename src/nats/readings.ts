import type { NatsConnection } from "nats";
import { errorText, type Log } from "../base/log.ts";
import type { Time } from "../base/time.ts";
import { TroubleLog } from "../base/trouble_log.ts";
import { powermeter, publicKeyOf, type ServedMeter, type Subjects } from "../contract/mod.ts";
import type { Reading } from "../meter/mod.ts";
import type { Spool, SpooledReading } from "../spool/mod.ts";
import type { ExpectedStream } from "./acknowledged.ts";
import type { ReadingsTarget } from "./readings_target.ts";
import type { PlainReadings } from "./plain_readings.ts";
import { PublishWindow } from "./publish_window.ts";
import { ReadingIds } from "./reading_ids.ts";

/** What readings pass through. */
export interface ReadingsOptions {
  readonly subjects: Subjects;
  readonly spool: Pick<Spool, "add">;
  /** The connection while it is up. */
  live(): NatsConnection | undefined;
  /** Where readings go now. */
  target(connection: NatsConnection): ReadingsTarget;
  /** Publishes where no stream holds readings. */
  readonly plain: PlainReadings;
  /** Begin of the subjects on which acknowledgements come. */
  inboxPrefix(): string;
}

/**
 * Where readings leave the process: at once while NATS is there, so that subscribers see them whatever becomes of the
 * stream. A reading that its stream has not acknowledged goes into the spool; where the stream has it nevertheless, it
 * recognises the copy by its `Nats-Msg-Id`.
 */
export class Readings {
  readonly #options: ReadingsOptions;
  readonly #trouble: TroubleLog;
  readonly #window: PublishWindow;
  readonly #ids: ReadingIds;

  constructor(options: ReadingsOptions, { log, time }: { log: Log; time: Time }) {
    const { spool, inboxPrefix } = options;
    const giveBack = (readings: readonly SpooledReading[]) => spool.add(readings);
    this.#options = options;
    this.#trouble = new TroubleLog(log, time);
    this.#ids = new ReadingIds(options.subjects.site, log);
    this.#window = new PublishWindow({ giveBack, inboxPrefix }, { log, time });
  }

  /** The stream that acknowledged last; undefined: none did since the connection was made. */
  get acknowledgedBy(): ExpectedStream | undefined {
    return this.#window.acknowledgedBy;
  }

  publish({ name, meter, publicKeyFormat }: ServedMeter, reading: Reading): void {
    const payload = powermeter(reading, { publicKey: publicKeyOf(meter.identity, publicKeyFormat) });
    const text = {
      meter: name,
      messageId: this.#ids.of(name, payload),
      takenAtMs: reading.takenAtMs,
      payload: JSON.stringify(payload),
    };
    if (!this.#send(text)) this.#options.spool.add([text]);
  }

  /** The server refuses what is published on a subject. */
  denied(subject: string): void {
    this.#window.denied(subject);
    this.#options.plain.denied(subject);
  }

  /** The connection was lost, and what it took last perhaps with it. */
  disconnected(): void {
    this.#window.disconnected();
    this.#options.plain.disconnected();
  }

  /** Waits until all is acknowledged, at most `withinMs` milliseconds long; the rest goes into the spool. */
  async close(withinMs: number): Promise<void> {
    await Promise.all([this.#window.close(withinMs), this.#options.plain.close(withinMs)]);
  }

  /** @returns whether it was sent */
  #send(reading: SpooledReading): boolean {
    const { live, subjects, target } = this.#options;
    const connection = live();
    if (connection === undefined) return false;
    const subject = subjects.reading(reading.meter);
    try {
      const { stream } = target(connection);
      if (stream === undefined) this.#options.plain.send(connection, subject, reading);
      else this.#window.send(connection, { subject, reading, expected: stream });
      this.#trouble.over("readings are published again");
      return true;
    } catch (error) {
      this.#trouble.failed("cannot publish a reading", { meter: reading.meter, reason: errorText(error) });
      return false;
    }
  }
}

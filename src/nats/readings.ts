import type { NatsConnection } from "nats";
import { errorText, type Log } from "../base/log.ts";
import type { Time } from "../base/time.ts";
import { ProblemLog } from "../base/problem_log.ts";
import { powermeter, publicKeyOf, type ServedMeter, type Subjects } from "../contract/mod.ts";
import type { Reading } from "../meter/mod.ts";
import type { Spool, SpooledReading } from "../spool/mod.ts";
import type { ExpectedStream } from "./acknowledged.ts";
import type { ReadingsTarget } from "./readings_target.ts";
import type { PlainReadings } from "./plain_readings.ts";
import { PublishWindow } from "./publish_window.ts";
import { ReadingIds } from "./reading_ids.ts";

/** Dependencies of `Readings`. */
export interface ReadingsOptions {
  readonly subjects: Subjects;
  readonly spool: Pick<Spool, "add">;
  /** The connection; undefined while it is down. */
  live(): NatsConnection | undefined;
  /** The present destination of readings. */
  target(connection: NatsConnection): ReadingsTarget;
  /** Publishes readings that no stream stores. */
  readonly plain: PlainReadings;
  /** Prefix of the subjects for acknowledgements. */
  inboxPrefix(): string;
}

/**
 * Publishes live readings: at once while NATS is connected, so that subscribers receive them even if the stream fails.
 * A reading that the stream does not acknowledge is stored in the spool. If the stream has it anyway, it recognises the
 * duplicate by its `Nats-Msg-Id`.
 */
export class Readings {
  readonly #options: ReadingsOptions;
  readonly #problemLog: ProblemLog;
  readonly #window: PublishWindow;
  readonly #ids: ReadingIds;

  constructor(options: ReadingsOptions, { log, time }: { log: Log; time: Time }) {
    const { spool, inboxPrefix } = options;
    const returnReadings = (readings: readonly SpooledReading[]) => spool.add(readings);
    this.#options = options;
    this.#problemLog = new ProblemLog(log, time);
    this.#ids = new ReadingIds(options.subjects.site, log);
    this.#window = new PublishWindow({ returnReadings, inboxPrefix }, { log, time });
  }

  /** The stream that acknowledged last; undefined: none did on this connection. */
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

  /** Call it when a meter is no longer served. Its readings in the spool are still delivered. */
  withdraw(name: string): void {
    this.#ids.remove(name);
  }

  /** Call it when the server refuses to publish on a subject. */
  denied(subject: string): void {
    this.#window.denied(subject);
    this.#options.plain.denied(subject);
  }

  /** Call it when the connection is lost; the last readings may be lost with it. */
  disconnected(): void {
    this.#window.disconnected();
    this.#options.plain.disconnected();
  }

  /** Waits at most `withinMs` milliseconds for acknowledgements; the other readings go into the spool. */
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
      const { stream, mayNotExist } = target(connection);
      if (stream === undefined) this.#options.plain.send(connection, subject, reading);
      else this.#window.send(connection, { subject, reading, expected: stream, mayNotExist });
      this.#problemLog.over("Readings are published again");
      return true;
    } catch (error) {
      this.#problemLog.failed("Cannot publish a reading", { meter: reading.meter, reason: errorText(error) });
      return false;
    }
  }
}

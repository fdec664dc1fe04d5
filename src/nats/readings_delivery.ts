import type { NatsConnection } from "nats";
import type { Log } from "../base/log.ts";
import type { Time } from "../base/time.ts";
import type { ServedMeter, Subjects } from "../contract/mod.ts";
import type { NodeHealth } from "../health/mod.ts";
import type { Reading } from "../meter/mod.ts";
import type { Spool } from "../spool/mod.ts";
import { Backlog } from "./backlog.ts";
import { DroppedReadings } from "./dropped_readings.ts";
import type { StreamLookup } from "./stream_lookup.ts";
import { PlainReadings } from "./plain_readings.ts";
import { Readings } from "./readings.ts";
import { type ReadingsStream, readingsTarget } from "./readings_target.ts";

/** Dependencies of the delivery of readings. */
export interface ReadingsDeliveryOptions {
  readonly subjects: Subjects;
  readonly stream: ReadingsStream;
  readonly spool: Spool;
  readonly health: Pick<NodeHealth, "raise" | "clear">;
  /** The connection; undefined while it is down or this process does not serve its meters. */
  live(): NatsConnection | undefined;
  /** Prefix of the subjects for acknowledgements. */
  inboxPrefix(): string;
  /** The stream that stores readings, if known. */
  lookup(): StreamLookup;
  /** Whether the streams were checked on this connection; before that, they may still be created. */
  hasCheckedStreams(connection: NatsConnection): boolean;
  /** Creates missing streams. */
  ensureStreams(connection: NatsConnection): Promise<unknown>;
}

/** Delivers readings to NATS: live or from the spool, and raises a fault if readings are lost. */
export class ReadingsDelivery {
  readonly #readings: Readings;
  readonly #backlog: Backlog;
  readonly #dropped: DroppedReadings;

  constructor(options: ReadingsDeliveryOptions, deps: { log: Log; time: Time }) {
    const { subjects, stream, live, inboxPrefix, spool, health, lookup, ensureStreams, hasCheckedStreams } = options;
    const common = {
      subjects,
      spool,
      live,
      plain: new PlainReadings({ returnReadings: (readings) => spool.add(readings), live }, deps.time),
      target: (to: NatsConnection) => readingsTarget(lookup(), stream, to, hasCheckedStreams(to)),
    };
    this.#readings = new Readings({ ...common, inboxPrefix }, deps);
    this.#backlog = new Backlog(
      { ...common, acknowledgedBy: () => this.#readings.acknowledgedBy, ensureStreams },
      deps,
    );
    this.#dropped = new DroppedReadings(spool, health, deps.time);
  }

  start(): void {
    this.#backlog.start();
    void this.#dropped.watch();
  }

  /** Publishes a reading, or stores it in the spool. */
  publish(served: ServedMeter, reading: Reading): void {
    this.#readings.publish(served, reading);
  }

  /** Call it when a meter is no longer served. Its readings in the spool are still delivered. */
  withdraw(name: string): void {
    this.#readings.withdraw(name);
  }

  /** Call it when the server refuses to publish on a subject. */
  denied(subject: string): void {
    this.#readings.denied(subject);
  }

  /** Call it when NATS is connected and its streams are checked. */
  resume(): void {
    this.#backlog.resume();
  }

  /** Call it when the connection is lost. */
  pause(): void {
    this.#backlog.pause();
    this.#readings.disconnected();
  }

  /** Finishes the current deliveries in at most two times `partMs` milliseconds; other readings stay in the spool. */
  async close(partMs: number): Promise<void> {
    this.#dropped.close();
    await this.#backlog.close(partMs);
    await this.#readings.close(partMs);
  }
}

import type { NatsConnection } from "nats";
import type { Log } from "../base/log.ts";
import type { Time } from "../base/time.ts";
import type { ServedMeter, Subjects } from "../contract/mod.ts";
import type { NodeHealth } from "../health/mod.ts";
import type { Reading } from "../meter/mod.ts";
import type { Spool } from "../spool/mod.ts";
import { Backlog } from "./backlog.ts";
import { DroppedReadings } from "./dropped_readings.ts";
import type { Holder } from "./holder.ts";
import { PlainReadings } from "./plain_readings.ts";
import { Readings } from "./readings.ts";
import { type ReadingsStream, readingsTarget } from "./readings_target.ts";

/** What the delivery of readings works with. */
export interface ReadingsDeliveryOptions {
  readonly subjects: Subjects;
  readonly stream: ReadingsStream;
  readonly spool: Spool;
  readonly health: Pick<NodeHealth, "raise" | "clear">;
  /** The connection while it is up and this process serves its meters. */
  live(): NatsConnection | undefined;
  /** Begin of the subjects on which acknowledgements come. */
  inboxPrefix(): string;
  /** The stream that holds readings, as far as it is known. */
  holder(): Holder;
  /** Creates missing streams. */
  mendStreams(connection: NatsConnection): Promise<unknown>;
}

/** The way of readings to NATS: live, from the spool where that did not do, and the fault where they are lost. */
export class ReadingsDelivery {
  readonly #readings: Readings;
  readonly #backlog: Backlog;
  readonly #dropped: DroppedReadings;

  constructor(options: ReadingsDeliveryOptions, deps: { log: Log; time: Time }) {
    const { subjects, stream, live, inboxPrefix, spool, health, holder, mendStreams } = options;
    const common = {
      subjects,
      spool,
      live,
      plain: new PlainReadings({ giveBack: (readings) => spool.add(readings), live }, deps.time),
      target: (to: NatsConnection) => readingsTarget(holder(), stream, to),
    };
    this.#readings = new Readings({ ...common, inboxPrefix }, deps);
    this.#backlog = new Backlog(
      { ...common, acknowledgedBy: () => this.#readings.acknowledgedBy, mendStreams },
      deps,
    );
    this.#dropped = new DroppedReadings(spool, health, deps.time);
  }

  start(): void {
    this.#backlog.start();
    void this.#dropped.watch();
  }

  /** Publishes a reading, or puts it into the spool. */
  publish(served: ServedMeter, reading: Reading): void {
    this.#readings.publish(served, reading);
  }

  /** The server refuses what is published on a subject. */
  denied(subject: string): void {
    this.#readings.denied(subject);
  }

  /** NATS is there, with its streams. */
  resume(): void {
    this.#backlog.resume();
  }

  /** NATS is away. */
  pause(): void {
    this.#backlog.pause();
    this.#readings.disconnected();
  }

  /** Ends what is under way, at most twice `partMs` milliseconds long; the rest stays in the spool. */
  async close(partMs: number): Promise<void> {
    this.#dropped.close();
    await this.#backlog.close(partMs);
    await this.#readings.close(partMs);
  }
}

import type { Log } from "../base/log.ts";
import type { Time } from "../base/time.ts";
import { type ClientConnection, WattsealClient } from "../client/mod.ts";
import type { EverestSettings } from "../config/mod.ts";
import { EverestMeter } from "./everest_meter.ts";
import type { MqttLink } from "./mqtt_link.ts";

/** What {@linkcode EverestMeters} use. */
export interface EverestMetersDeps {
  readonly mqtt: MqttLink;
  /** Need not be connected yet. */
  readonly nats: ClientConnection;
  readonly log: Log;
  readonly time: Time;
}

/** The meters of a site as modules of EVerest. */
export class EverestMeters {
  readonly #deps: EverestMetersDeps;
  readonly #closing = new AbortController();
  readonly #meters: readonly EverestMeter[];
  #running: Promise<unknown> = Promise.resolve();

  constructor({ site, nats, meters }: EverestSettings, deps: EverestMetersDeps) {
    const { mqtt: sender, log, time } = deps;
    const client = new WattsealClient(deps.nats, {
      prefix: nats.subjectPrefix,
      inboxPrefix: nats.inboxPrefix,
      time,
    });
    this.#deps = deps;
    const closing = this.#closing.signal;
    this.#meters = meters.map((meter) => new EverestMeter(meter, { client, site, sender, log, time, closing }));
  }

  /**
   * Connects to the broker, and provides the meters from then on.
   *
   * @throws {MqttSetupError} a file for TLS cannot be used
   */
  start(): void {
    const subscriptions = new Map(this.#meters.flatMap((meter) => [...meter.subscriptions]));
    this.#deps.mqtt.start({
      topics: new Map([...subscriptions].map(([topic, { qos }]) => [topic, qos])),
      onConnected: () => {
        for (const meter of this.#meters) meter.connected();
      },
      onMessage: (topic, message, isRetained) => {
        // The age of a stored request is unknown: carrying it out could begin a transaction that nobody wants
        if (isRetained) this.#deps.log.warn("A retained message is ignored; EVerest sends none", { topic });
        else subscriptions.get(topic)?.take(message);
      },
    });
    this.#running = Promise.all(this.#meters.map((meter) => meter.run()));
  }

  /** Answers what waits, and disconnects from the broker. */
  async stop(): Promise<void> {
    this.#closing.abort();
    await Promise.all(this.#meters.map((meter) => meter.answered()));
    await this.#running;
    await this.#deps.mqtt.close();
  }
}

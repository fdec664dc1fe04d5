import { parseBoundedJson } from "../base/bounded_json.ts";
import { type Log, withFields } from "../base/log.ts";
import type { Time } from "../base/time.ts";
import type { WattsealClient } from "../client/mod.ts";
import type { EverestMeterSettings } from "../config/mod.ts";
import { Heartbeat } from "./heartbeat.ts";
import { MeterRequests } from "./meter_requests.ts";
import { MeterTopics } from "./meter_topics.ts";
import type { MqttSender } from "./mqtt_sender.ts";
import { OnlineCheck } from "./online_check.ts";
import { ReadingForwarder } from "./reading_forwarder.ts";

/** What a meter needs. */
export interface EverestMeterDeps {
  readonly client: WattsealClient;
  readonly site: string;
  readonly sender: MqttSender;
  readonly log: Log;
  readonly time: Time;
  /** Aborted when the process ends. */
  readonly closing: AbortSignal;
}

/** How a topic of EVerest is received. */
export interface Subscription {
  /** A request must arrive once, a heartbeat may be lost. */
  readonly qos: 0 | 2;
  readonly take: (message: Uint8Array) => void;
}

/** One meter as a module of EVerest. */
export class EverestMeter {
  readonly #name: { readonly site: string; readonly meter: string };
  readonly #topics: MeterTopics;
  readonly #heartbeat = new Heartbeat();
  readonly #readings: ReadingForwarder;
  readonly #check: OnlineCheck;
  readonly #requests: MeterRequests;
  readonly #deps: EverestMeterDeps;

  constructor(settings: EverestMeterSettings, deps: EverestMeterDeps) {
    const { client, site, sender, time, closing } = deps;
    const log = withFields(deps.log, { meter: settings.meter });
    const meter = client.meter(site, settings.meter);
    const topics = new MeterTopics(settings);
    this.#deps = { ...deps, log };
    this.#name = { site, meter: settings.meter };
    this.#topics = topics;
    this.#readings = new ReadingForwarder(sender, topics.values, settings, { log, time });
    this.#check = new OnlineCheck(meter, topics, sender, { log, time });
    this.#requests = new MeterRequests({ meter, topics, sender, log, time, closing });
  }

  /** The topics on which EVerest publishes. */
  get subscriptions(): ReadonlyMap<string, Subscription> {
    return new Map<string, Subscription>([
      [this.#topics.heartbeat, { qos: 0, take: (message) => this.#takeHeartbeat(message) }],
      [this.#topics.start, { qos: 2, take: (message) => this.#requests.start(message) }],
      [this.#topics.stop, { qos: 2, take: (message) => this.#requests.stop(message) }],
    ]);
  }

  /** Sends readings, the communication check and the key until the process ends. */
  async run(): Promise<void> {
    const { client, closing } = this.#deps;
    await Promise.all([this.#readings.run(client, this.#name, closing), this.#check.run(closing)]);
  }

  /** The broker is connected: EVerest may have restarted in the meantime. */
  connected(): void {
    this.#check.sendKey();
  }

  /** Resolves when each request has its reply. */
  answered(): Promise<void> {
    return this.#requests.answered();
  }

  #takeHeartbeat(message: Uint8Array): void {
    const id = heartbeatId(message);
    if (id === undefined) this.#deps.log.debug("A heartbeat of EVerest is no number");
    else if (this.#heartbeat.isBegin(id)) {
      this.#deps.log.info("The heartbeat of EVerest begins", { id });
      this.#check.sendKey();
    }
  }
}

function heartbeatId(message: Uint8Array): number | undefined {
  try {
    const id = parseBoundedJson(new TextDecoder().decode(message));
    return typeof id === "number" ? id : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

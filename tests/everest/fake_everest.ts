import { connectAsync, type IClientOptions, type MqttClient } from "mqtt";
import { endpointOf } from "../support/own_address.ts";
import { checkApiMessage } from "./powermeter_api.ts";

/** A message that EVerest has received. */
export interface Received {
  readonly topic: string;
  /** The parsed JSON. */
  readonly payload: unknown;
  readonly isRetained: boolean;
}

/** A reply to a request. */
export interface FakeReply {
  readonly status?: string;
  readonly error?: string;
  readonly signed_meter_value?: { readonly signed_meter_data: string; readonly encoding_method: string };
}

/** Options of {@linkcode FakeEverest}. */
export interface FakeEverestOptions {
  /** @default an empty text */
  readonly prefix?: string;
  /** @default meter_1 */
  readonly moduleId?: string;
  /** More options of the MQTT client, such as its user. */
  readonly client?: IClientOptions;
}

/**
 * EVerest as it was seen at the broker: it publishes with QoS 2 and subscribes with QoS 0. Every message to it is checked
 * against the API.
 */
export class FakeEverest implements AsyncDisposable {
  readonly received: Received[] = [];
  readonly #client: MqttClient;
  readonly #prefix: string;
  readonly #module: string;
  #waiting: (() => void)[] = [];
  #requests = 0;

  private constructor(client: MqttClient, prefix: string, module: string) {
    this.#client = client;
    this.#prefix = prefix;
    this.#module = module;
    client.on("message", (topic, message, { retain }) => {
      this.received.push({ topic, payload: JSON.parse(message.toString()), isRetained: retain });
      for (const wake of this.#waiting.splice(0)) wake();
    });
  }

  static async connect(address: string, options: FakeEverestOptions = {}): Promise<FakeEverest> {
    const { prefix = "", moduleId = "meter_1", client: clientOptions } = options;
    const { hostname, port } = endpointOf(address);
    const client = await connectAsync({
      protocol: "mqtt",
      host: hostname,
      port,
      reconnectPeriod: 50,
      ...clientOptions,
    });
    const everest = new FakeEverest(client, prefix, `everest_api/1/powermeter/${moduleId}`);
    await client.subscribeAsync(`${prefix}${everest.#module}/m2e/#`, { qos: 0 });
    return everest;
  }

  /** Publishes on a topic of EVerest: `heartbeat`. */
  async publish(name: string, text: string, retain = false): Promise<void> {
    await this.#client.publishAsync(`${this.#prefix}${this.#module}/e2m/${name}`, text, { qos: 2, retain });
  }

  /** Sends a request as EVerest does. @returns the reply */
  async ask(name: "start_transaction" | "stop_transaction", payload: unknown): Promise<FakeReply> {
    return await this.replyTo(await this.request(name, payload));
  }

  /** Sends a request. @returns the topic of its reply, without the prefix */
  async request(name: "start_transaction" | "stop_transaction", payload: unknown): Promise<string> {
    const number = String(++this.#requests).padStart(12, "0");
    const replyTo = `${this.#module}/m2e/reply/0d3f6f5e-6c1b-4c1e-9a56-${number}`;
    await this.publish(name, JSON.stringify({ headers: { replyTo }, payload }));
    return replyTo;
  }

  /** The reply on a topic. */
  async replyTo(replyTo: string): Promise<FakeReply> {
    const { payload } = await this.next((message) => message.topic === this.#prefix + replyTo);
    // The check has found nothing else
    return payload as FakeReply;
  }

  /** The next message on a topic to EVerest: `powermeter_values`. */
  async value(name: string): Promise<unknown> {
    const before = new Set(this.received);
    const topic = this.#topic(name);
    return (await this.next((message) => message.topic === topic && !before.has(message))).payload;
  }

  /** The first message on a topic to EVerest. */
  async known(name: string): Promise<unknown> {
    const topic = this.#topic(name);
    return (await this.next((message) => message.topic === topic)).payload;
  }

  /** The first message that fits, checked against the API. */
  async next(fits: (message: Received) => boolean): Promise<Received> {
    while (true) {
      const found = this.received.find(fits);
      if (found !== undefined) {
        checkApiMessage(found.topic.split("/m2e/")[1] ?? "", found.payload);
        return found;
      }
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  #topic(name: string): string {
    return `${this.#prefix}${this.#module}/m2e/${name}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client.endAsync(true);
  }
}

/** The frame of a start as EVerest sends it: its flags may be empty. */
export function startPayload(id: string): object {
  return {
    evse_id: "DE*ABC*E1",
    transaction_id: id,
    identification_status: "ASSIGNED",
    identification_flags: [],
    identification_type: "ISO14443",
    identification_data: "1F2D3A4F5506C7",
    tariff_text: "0.42 EUR/kWh",
  };
}

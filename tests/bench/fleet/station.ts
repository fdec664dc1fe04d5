import { connect, createInbox, headers, type NatsConnection } from "nats";
import { systemTime } from "../../../src/base/time.ts";

const meters = 13;
/** Number of unacknowledged readings of one station if no rate is given. */
const window = 64;
const answerMs = 30_000;

/** The connection of one station: publishes a real reading with the names of its meters. */
export class Station {
  sent = 0;
  acknowledged = 0;
  readonly #client: NatsConnection;
  readonly #site: string;
  readonly #template: string;
  readonly #inbox: string;
  #wake = (): void => {};

  private constructor(client: NatsConnection, site: string, template: string) {
    this.#client = client;
    this.#site = site;
    this.#template = template;
    this.#inbox = createInbox();
    client.subscribe(this.#inbox, {
      callback: (_error, message) => {
        if (!message.string().includes('"seq"')) return;
        this.acknowledged++;
        this.#wake();
      },
    });
  }

  /** @param template JSON of a reading, with `METER` and `TIME` where meter id and timestamp stand */
  static async connect(servers: readonly string[], index: number, template: string): Promise<Station> {
    const server = servers[index % servers.length] ?? "";
    return new Station(await connect({ servers: server }), `station-${index}`, template);
  }

  publish(): void {
    const meter = this.sent++ % meters;
    const id = `${this.#site}M${meter}.2025`;
    const time = new Date(systemTime.now()).toISOString();
    const named = headers();
    named.set("Nats-Msg-Id", `${id}:${time}:${this.sent}`);
    const payload = this.#template.replace("METER", id).replace("TIME", time);
    this.#client.publish(`wattseal.${this.#site}.evse-${meter}.reading`, payload, {
      headers: named,
      reply: this.#inbox,
    });
  }

  /** Publishes as fast as readings are acknowledged. @param endMs monotonic time in milliseconds */
  async publishUntil(endMs: number): Promise<void> {
    while (systemTime.mono() < endMs) {
      while (this.sent - this.acknowledged < window) this.publish();
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }

  /** Waits until all readings are acknowledged, at most half a minute. */
  async settle(): Promise<void> {
    const endMs = systemTime.mono() + answerMs;
    while (this.acknowledged < this.sent && systemTime.mono() < endMs) await systemTime.sleep(50);
  }

  close(): Promise<void> {
    return this.#client.close();
  }
}

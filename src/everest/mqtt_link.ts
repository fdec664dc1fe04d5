import { connect, type IClientPublishOptions, type MqttClient } from "mqtt";
import { errorText, type Log } from "../base/log.ts";
import { ProblemLog, ProblemLogs } from "../base/problem_log.ts";
import type { Time } from "../base/time.ts";
import { within } from "../base/waits.ts";
import type { MqttSettings } from "../config/mod.ts";
import { connectionProblem, isLost } from "./mqtt_failures.ts";
import { goneText, mqttOptions } from "./mqtt_options.ts";
import type { MqttSender } from "./mqtt_sender.ts";
import { type Outcome, type TimedMessage, TimedMessages } from "./timed_messages.ts";

/** Receives what happens on the connection. */
export interface MqttListener {
  /** The topics to subscribe to, with the quality of service. */
  readonly topics: ReadonlyMap<string, 0 | 1 | 2>;
  /** The broker is connected and has accepted the subscriptions: for the first time, or again. */
  onConnected(): void;
  /** @param isRetained the broker had stored the message: its age is unknown */
  onMessage(topic: string, payload: Uint8Array, isRetained: boolean): void;
}

/** How long a stop waits for the broker. */
const closeMs = 2_000;

/**
 * A connection to the MQTT broker that is retried without end. Nothing that is too old is sent after a reconnection: the
 * queues of the MQTT client are off.
 */
export class MqttLink implements MqttSender {
  readonly #settings: MqttSettings;
  readonly #log: Log;
  readonly #time: Time;
  readonly #away: ProblemLog;
  readonly #refusals: ProblemLogs<string>;
  /** Each reply has a topic of its own. */
  readonly #replyRefusals: ProblemLog;
  readonly #timed: TimedMessages;
  #client: MqttClient | undefined;
  #isUp = false;
  #isClosing = false;
  #reason: unknown;

  constructor(settings: MqttSettings, { log, time }: { readonly log: Log; readonly time: Time }) {
    this.#settings = settings;
    this.#log = log;
    this.#time = time;
    this.#away = new ProblemLog(log, time);
    this.#refusals = new ProblemLogs(log, time);
    this.#replyRefusals = new ProblemLog(log, time);
    this.#timed = new TimedMessages((message) => this.#deliver(message), { log, time });
  }

  /**
   * Starts to connect.
   *
   * @throws {MqttSetupError} a file for TLS cannot be used
   */
  start(listener: MqttListener): void {
    const client = connect(mqttOptions(this.#settings));
    this.#client = client;
    client.on("connect", () => this.#subscribe(client, listener));
    client.on("error", (error) => this.#reason = error);
    client.on("disconnect", ({ reasonCode }) => this.#reason = { code: reasonCode });
    client.on("close", () => this.#down(client));
    client.on("message", (topic, payload, { retain }) => listener.onMessage(topic, payload, retain));
  }

  send(topic: string, payload: unknown): void {
    if (this.#isUp) void this.#publish(topic, JSON.stringify(payload), { qos: 0 });
  }

  sendUntil(topic: string, payload: unknown, untilMs: number): void {
    this.#timed.add({ topic, payload: JSON.stringify(payload), untilMs }, this.#isUp);
  }

  /** Sends what can be sent, reports that the process ends, and disconnects. */
  async close(): Promise<void> {
    const client = this.#client;
    if (client === undefined) return;
    this.#isClosing = true;
    if (this.#isUp) {
      const { statusTopic } = this.#settings;
      const last = this.#timed.idle().then(() => this.#publish(statusTopic, goneText, { qos: 1, retain: true }));
      await within(last, closeMs, this.#time);
    }
    const isForced = !client.connected || Object.keys(client.outgoing).length > 0;
    await within(client.endAsync(isForced), closeMs, this.#time);
  }

  #subscribe(client: MqttClient, listener: MqttListener): void {
    const wanted = Object.fromEntries([...listener.topics].map(([topic, qos]) => [topic, { qos }]));
    client.subscribe(wanted, (error) => {
      if (error === null) {
        this.#up();
        listener.onConnected();
      } else if (client.connected) {
        // The user may get the permission later: each connection is a new attempt
        this.#reason = error;
        client.stream.destroy();
      }
    });
  }

  #up(): void {
    const { host, port, statusTopic } = this.#settings;
    if (this.#away.isFailing) this.#away.over("Connected to the MQTT broker", { host, port });
    else this.#log.info("Connected to the MQTT broker", { host, port });
    this.#isUp = true;
    this.#reason = undefined;
    void this.#publish(statusTopic, "online", { qos: 1, retain: true });
    this.#timed.connected();
  }

  #down(client: MqttClient): void {
    this.#isUp = false;
    // Otherwise the client sends them again after the reconnection, however old they are
    for (const id of Object.keys(client.outgoing)) client.removeOutgoingMessage(Number(id));
    if (this.#isClosing) return;
    const { host, port, clientId } = this.#settings;
    const reason = connectionProblem(this.#reason, clientId);
    this.#away.failed("The MQTT broker is not connected; retrying", { host, port, reason });
    this.#reason = undefined;
  }

  #deliver({ topic, payload, untilMs }: TimedMessage): Promise<Outcome> {
    const messageExpiryInterval = Math.max(1, Math.ceil((untilMs - this.#time.mono()) / 1000));
    return this.#publish(topic, payload, { qos: 1, properties: { messageExpiryInterval } }, this.#replyRefusals);
  }

  #publish(
    topic: string,
    payload: string,
    options: IClientPublishOptions,
    problems: ProblemLog = this.#refusals.of(topic),
  ): Promise<Outcome> {
    return new Promise((resolve) => {
      this.#client?.publish(topic, payload, options, (error) => {
        // The type of the client omits null
        if (error === undefined || error === null) {
          problems.over("The MQTT broker accepts the topic again", { topic });
          resolve("sent");
        } else if (isLost(error)) resolve("lost");
        else {
          problems.failed("The MQTT broker refuses a message; check the permissions of the user", {
            topic,
            reason: errorText(error),
          });
          resolve("refused");
        }
      });
    });
  }
}

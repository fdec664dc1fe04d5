import type { MqttSender } from "../../src/everest/mqtt_sender.ts";
import { checkApiMessage } from "./powermeter_api.ts";

/** Collects what is sent to EVerest, and checks it against the API. */
export class SentMessages implements MqttSender {
  readonly messages: { readonly topic: string; readonly payload: unknown; readonly untilMs?: number }[] = [];

  send(topic: string, payload: unknown): void {
    this.#add({ topic, payload });
  }

  sendUntil(topic: string, payload: unknown, untilMs: number): void {
    this.#add({ topic, payload, untilMs });
  }

  /** The payloads on the topics that end so. */
  on(end: string): unknown[] {
    return this.messages.filter(({ topic }) => topic.endsWith(end)).map(({ payload }) => payload);
  }

  #add(message: { topic: string; payload: unknown; untilMs?: number }): void {
    const sent = { ...message, payload: JSON.parse(JSON.stringify(message.payload)) };
    checkApiMessage(sent.topic.split("/m2e/")[1] ?? "", sent.payload);
    this.messages.push(sent);
  }
}

import type { NatsConnection } from "nats";

/** Every reading on the broker of a site, by its message id. */
export class LiveReadings {
  readonly ids: string[] = [];

  constructor(client: NatsConnection, site: string) {
    client.subscribe(`wattseal.${site}.*.reading`, {
      callback: (_error, message) => void this.ids.push(message.headers?.get("Nats-Msg-Id") ?? ""),
    });
  }
}

import { headers, type NatsConnection } from "nats";
import { errorText, type Log } from "../base/log.ts";

/** Publishes when there is a connection, and says whether it did. */
export type Publish = (subject: string, payload: object, messageId?: string) => boolean;

/**
 * A `Publish` that sends at once or not at all: nothing waits in the client's memory, where a crash would lose it
 * without any word.
 *
 * @param live the connection while it is up
 */
export function publisher(live: () => NatsConnection | undefined, log: Log): Publish {
  return (subject, payload, messageId) => {
    const connection = live();
    if (connection === undefined) return false;
    try {
      const options = messageId === undefined ? {} : { headers: headers() };
      if (messageId !== undefined) options.headers?.set("Nats-Msg-Id", messageId);
      connection.publish(subject, JSON.stringify(payload), options);
      return true;
    } catch (error) {
      log.warn("cannot publish", { subject, reason: errorText(error) });
      return false;
    }
  };
}

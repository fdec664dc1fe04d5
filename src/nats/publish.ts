import { headers, type MsgHdrs, type NatsConnection } from "nats";
import { errorText, type Log } from "../base/log.ts";
import type { Time } from "../base/time.ts";
import { ProblemLog } from "../base/problem_log.ts";
import type { Publish } from "../contract/mod.ts";

/**
 * A `Publish` that sends at once or not at all. No message waits in the memory of the client, where a crash would lose
 * it without a warning.
 *
 * @param live the connection; undefined while it is down
 */
export function publisher(live: () => NatsConnection | undefined, deps: { log: Log; time: Time }): Publish {
  const problemLog = new ProblemLog(deps.log, deps.time);
  return (subject, payload) => {
    const connection = live();
    if (connection === undefined) return false;
    try {
      connection.publish(subject, JSON.stringify(payload));
      problemLog.over("Publishing works again", { subject });
      return true;
    } catch (error) {
      problemLog.failed("Cannot publish", { subject, reason: errorText(error) });
      return false;
    }
  };
}

/** Headers with a `Nats-Msg-Id`; replaces characters of a serial number that a header cannot contain. */
export function namedHeaders(messageId: string): MsgHdrs {
  const named = headers();
  named.set("Nats-Msg-Id", messageId.replaceAll(/[^\x20-\x7e]/g, "_"));
  return named;
}

/**
 * Sends a text with a `Nats-Msg-Id`. Does not wait for an acknowledgement.
 *
 * @throws {NatsError} the message is larger than the server's `max_payload`, or the connection is closed
 */
export function publishText(connection: NatsConnection, subject: string, text: string, messageId: string): void {
  connection.publish(subject, text, { headers: namedHeaders(messageId) });
}

import { headers, type MsgHdrs, type NatsConnection } from "nats";
import { errorText, type Log } from "../base/log.ts";
import type { Time } from "../base/time.ts";
import { TroubleLog } from "../base/trouble_log.ts";
import type { Publish } from "../contract/mod.ts";

/**
 * A `Publish` that sends at once or not at all: nothing waits in the client's memory, where a crash would lose it
 * without any word.
 *
 * @param live the connection while it is up
 */
export function publisher(live: () => NatsConnection | undefined, deps: { log: Log; time: Time }): Publish {
  const trouble = new TroubleLog(deps.log, deps.time);
  return (subject, payload) => {
    const connection = live();
    if (connection === undefined) return false;
    try {
      connection.publish(subject, JSON.stringify(payload));
      trouble.over("publishing works again", { subject });
      return true;
    } catch (error) {
      trouble.failed("cannot publish", { subject, reason: errorText(error) });
      return false;
    }
  };
}

/** Headers of a message with a `Nats-Msg-Id`: a meter's serial number can hold what a header cannot. */
export function namedHeaders(messageId: string): MsgHdrs {
  const named = headers();
  named.set("Nats-Msg-Id", messageId.replaceAll(/[^\x20-\x7e]/g, "_"));
  return named;
}

/**
 * Sends a text under a `Nats-Msg-Id`, without waiting for anything.
 *
 * @throws {NatsError} the server does not take messages so long, or the connection is closed
 */
export function publishText(connection: NatsConnection, subject: string, text: string, messageId: string): void {
  connection.publish(subject, text, { headers: namedHeaders(messageId) });
}

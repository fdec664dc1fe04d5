import { Events, type NatsConnection } from "nats";
import { randomUUID } from "node:crypto";
import { silentLog } from "../base/log.ts";
import type { Time } from "../base/time.ts";
import { nodeToken, Subjects } from "../contract/mod.ts";
import { AccessCheck } from "./access_check.ts";
import { neededRights, type RightsScope } from "./needed_rights.ts";

/**
 * Finds permissions of a node that its user lacks, without a message that another client could take for one of the node:
 * it subscribes for a moment, answers a request of its own, and sends requests without an inbox to JetStream.
 *
 * @returns a sentence for each missing permission
 */
export async function missingRights(connection: NatsConnection, scope: RightsScope, time: Time): Promise<string[]> {
  const check = new AccessCheck({
    scope,
    health: { raise() {}, clear() {} },
    echoSubject: new Subjects(scope.prefix, scope.site).of(nodeToken, `${randomUUID()}.get`),
    live: () => connection,
    checkInbox: () => Promise.resolve(),
    repeat() {},
  }, { log: silentLog, time });
  const statuses = connection.status();
  void (async () => {
    for await (const { type, permissionContext } of statuses) {
      if (type !== Events.Error || permissionContext === undefined) continue;
      const operation = permissionContext.operation === "publish" ? "publish" : "subscribe";
      check.denied({ operation, subject: permissionContext.subject });
    }
  })();
  const { publish, subscribe } = neededRights("node", scope);
  const subscriptions = subscribe.map((subject) => connection.subscribe(subject, { callback() {} }));
  for (const subject of publish) if (isHarmless(subject)) connection.publish(subject);
  await connection.flush();
  for (const subscription of subscriptions) subscription.unsubscribe();
  await check.connected(connection);
  const { problems } = check;
  check.close();
  return problems;
}

/** A request for information whose answer nobody receives. */
function isHarmless(subject: string): boolean {
  return /\.STREAM\.(INFO\.[^*>]+|NAMES)$/.test(subject);
}

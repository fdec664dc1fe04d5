import { type NatsConnection, NatsError, RequestStrategy } from "nats";
import { membersOf, payloadOf } from "./payload.ts";

/** A node that answers discovery requests. */
export interface Instance {
  readonly site: string;
  readonly instance: string;
  readonly version: string;
  /** Id of the micro service. */
  readonly serviceId: string;
}

/** Finds all nodes that answer. Nodes of earlier releases do not report their site, and are ignored. */
export async function findServices(connection: NatsConnection, waitMs: number): Promise<Instance[]> {
  const found = new Map<string, Instance>();
  for (const answer of await requestAll(connection, "$SRV.PING.wattseal", waitMs)) {
    const { id, version, metadata } = answer;
    const { site, instance } = membersOf(metadata);
    if (typeof id !== "string" || typeof site !== "string" || typeof instance !== "string") continue;
    // While a meter is added or removed, the old and the new micro service of a node both answer
    found.set(instance, { site, instance, version: String(version), serviceId: id });
  }
  return [...found.values()];
}

/** One subject that a node serves. */
export interface ServedSubject {
  readonly subject: string;
  /** The meter, or `_node` for the node itself. */
  readonly meter: string;
}

/** Returns the subjects that a node serves; empty if it does not report them. */
export async function servedBy(
  connection: NatsConnection,
  { serviceId }: Instance,
  waitMs: number,
): Promise<ServedSubject[]> {
  const [answer] = await requestAll(connection, `$SRV.INFO.wattseal.${serviceId}`, waitMs, 1);
  const endpoints = answer?.["endpoints"];
  if (!Array.isArray(endpoints)) return [];
  return endpoints.flatMap((endpoint) => {
    const { subject, metadata } = membersOf(endpoint);
    const { meter } = membersOf(metadata);
    return typeof subject === "string" && typeof meter === "string" ? [{ subject, meter }] : [];
  });
}

async function requestAll(
  connection: NatsConnection,
  subject: string,
  waitMs: number,
  maxMessages?: number,
): Promise<Readonly<Record<string, unknown>>[]> {
  const answers: Readonly<Record<string, unknown>>[] = [];
  try {
    const messages = await connection.requestMany(subject, "", {
      strategy: maxMessages === undefined ? RequestStrategy.Timer : RequestStrategy.Count,
      maxWait: waitMs,
      ...(maxMessages === undefined ? {} : { maxMessages }),
    });
    for await (const { data } of messages) if (data.length > 0) answers.push(membersOf(payloadOf(data)));
  } catch (error) {
    // No reply, or this user has no permission
    if (!(error instanceof NatsError)) throw error;
  }
  return answers;
}

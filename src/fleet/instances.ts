import { type NatsConnection, NatsError, RequestStrategy } from "nats";
import { membersOf, payloadOf } from "./payload.ts";

/** A process that answers to discovery. */
export interface Instance {
  readonly site: string;
  readonly instance: string;
  readonly version: string;
  /** Id in the micro service's answers. */
  readonly serviceId: string;
}

/** Every process that answers now; earlier releases do not say of which site they are, and are left out. */
export async function findServices(connection: NatsConnection, waitMs: number): Promise<Instance[]> {
  const found = new Map<string, Instance>();
  for (const answer of await askAll(connection, "$SRV.PING.wattseal", waitMs)) {
    const { id, version, metadata } = answer;
    const { site, instance } = membersOf(metadata);
    if (typeof id !== "string" || typeof site !== "string" || typeof instance !== "string") continue;
    found.set(id, { site, instance, version: String(version), serviceId: id });
  }
  return [...found.values()];
}

/** One subject that a process serves. */
export interface ServedSubject {
  readonly subject: string;
  /** The meter, or `_node` for the process itself. */
  readonly meter: string;
}

/** What a process serves; nothing where it does not say. */
export async function servedBy(
  connection: NatsConnection,
  { serviceId }: Instance,
  waitMs: number,
): Promise<ServedSubject[]> {
  const [answer] = await askAll(connection, `$SRV.INFO.wattseal.${serviceId}`, waitMs, 1);
  const endpoints = answer?.["endpoints"];
  if (!Array.isArray(endpoints)) return [];
  return endpoints.flatMap((endpoint) => {
    const { subject, metadata } = membersOf(endpoint);
    const { meter } = membersOf(metadata);
    return typeof subject === "string" && typeof meter === "string" ? [{ subject, meter }] : [];
  });
}

async function askAll(
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
    // Nobody answers, or this user may not ask
    if (!(error instanceof NatsError)) throw error;
  }
  return answers;
}

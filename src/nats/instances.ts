import { type Msg, type NatsConnection, RequestStrategy } from "nats";
import { type NodeInstancePayload, nodeInstanceSchema, requestBody, type Subjects } from "../contract/mod.ts";
import { servedElsewhere } from "./served_elsewhere.ts";

/**
 * Questions all processes of a site. Resolves when no more answers can arrive. Never rejects.
 *
 * @param question what is sent: the payload of this process, or nothing
 * @param ms how long answers can arrive
 */
export async function askInstances(
  connection: NatsConnection,
  subject: string,
  { question, ms }: { readonly question: NodeInstancePayload | undefined; readonly ms: number },
  take: (other: NodeInstancePayload) => void,
): Promise<void> {
  try {
    const options = { strategy: RequestStrategy.Timer, maxWait: ms };
    const payload = question === undefined ? undefined : JSON.stringify(question);
    for await (const answer of await connection.requestMany(subject, payload, options)) {
      const other = instanceIn(answer);
      if (other !== undefined) take(other);
    }
  } catch {
    // There is no other process, the connection is lost, or the request is not permitted
  }
}

/** The process that sent a message; undefined: the message does not name one. */
export function instanceIn(message: Msg): NodeInstancePayload | undefined {
  try {
    return nodeInstanceSchema.safeParse(requestBody(message.data)).data;
  } catch {
    return undefined;
  }
}

/**
 * A process of the site that has a meter, also a passive one.
 *
 * @param own id of the process that asks, if it is one of the site
 * @returns its id, or `unknown` for an earlier release, which does not report it; undefined: there is none
 */
export async function processWith(
  connection: NatsConnection,
  subjects: Subjects,
  meter: string,
  own?: string,
): Promise<string | undefined> {
  let found: string | undefined;
  const [unnamed] = await Promise.all([
    servedElsewhere(connection, subjects, [meter], answersMs),
    askInstances(connection, subjects.instance, { question: undefined, ms: answersMs }, (other) => {
      if (other.instance !== own && other.state !== "stopped" && other.meters.includes(meter)) found = other.instance;
    }),
  ]);
  return found ?? (unnamed.length > 0 ? "unknown" : undefined);
}

/** How long answers are awaited, in milliseconds: another process can be busy. */
const answersMs = 2_000;

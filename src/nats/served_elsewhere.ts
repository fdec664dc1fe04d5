import { type NatsConnection, RequestStrategy } from "nats";
import { statusSchema, type Subjects } from "../contract/mod.ts";

/**
 * The meters whose status another process reports while this one does not: that process is an earlier release, which
 * does not report its process id.
 *
 * @param withinMs timeout of an answer
 */
export async function servedElsewhere(
  connection: NatsConnection,
  subjects: Subjects,
  meters: readonly string[],
  withinMs: number,
): Promise<string[]> {
  const served = await Promise.all(
    meters.map((meter) => gives(connection, subjects.of(meter, "status.get"), withinMs)),
  );
  return meters.filter((_, place) => served[place]);
}

/** Whether one of the answers is a status: a stream with all subjects acknowledges the request, too. */
async function gives(connection: NatsConnection, subject: string, withinMs: number): Promise<boolean> {
  try {
    const options = { strategy: RequestStrategy.Timer, maxWait: withinMs };
    for await (const answer of await connection.requestMany(subject, undefined, options)) {
      if (isStatus(answer.string())) return true;
    }
  } catch {
    // There is no other process, the connection is lost, or the request is not permitted
  }
  return false;
}

function isStatus(text: string): boolean {
  try {
    return statusSchema.safeParse(JSON.parse(text)).success;
  } catch {
    return false;
  }
}

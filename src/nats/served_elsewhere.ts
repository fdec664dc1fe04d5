import { type NatsConnection, RequestStrategy } from "nats";
import { statusSchema, type Subjects } from "../contract/mod.ts";

/**
 * The meters of which somebody gives the status, while this process does not: an earlier release, which does not say
 * which process it is.
 *
 * @param withinMs how long an answer may take
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

/** Whether there is a status among the answers: a stream that holds all subjects acknowledges the request too. */
async function gives(connection: NatsConnection, subject: string, withinMs: number): Promise<boolean> {
  try {
    const options = { strategy: RequestStrategy.Timer, maxWait: withinMs };
    for await (const answer of await connection.requestMany(subject, undefined, options)) {
      if (isStatus(answer.string())) return true;
    }
  } catch {
    // Nobody is there, the connection was lost, or nobody may be asked
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

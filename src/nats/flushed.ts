import type { NatsConnection } from "nats";
import type { Time } from "../base/time.ts";
import { within } from "./within.ts";

/** @returns whether the server confirms within `ms` milliseconds that it has received everything */
export async function flushed(connection: NatsConnection, ms: number, time: Time): Promise<boolean> {
  let answered = false;
  const answer = connection.flush().then(() => {
    answered = true;
  }, () => {});
  await within(answer, ms, time);
  return answered;
}

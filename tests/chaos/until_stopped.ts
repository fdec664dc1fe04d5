import type { NatsConnection } from "nats";
import { systemTime } from "../../src/base/time.ts";
import { transact } from "./edge.ts";

const maxRepeats = 120;
const pauseMs = 500;

/**
 * Starts and stops a transaction. A request can be lost with its server: the caller retries, like a charge point.
 *
 * @returns the number of retries
 */
export async function untilStopped(client: NatsConnection, site: string, meter: string, id: string): Promise<number> {
  for (let repeated = 0;; repeated++) {
    try {
      await transact(client, site, meter, id);
      return repeated;
    } catch (error) {
      if (repeated >= maxRepeats) throw error;
      await systemTime.sleep(pauseMs);
    }
  }
}

import type { NatsConnection } from "nats";
import { systemTime } from "../../src/base/time.ts";
import { transact } from "./edge.ts";

const mostRepeats = 120;
const pauseMs = 500;

/**
 * Starts and stops a transaction. A request may be lost with the server that carried it: the caller asks again, as a
 * charge point does.
 *
 * @returns how often it asked again
 */
export async function untilStopped(client: NatsConnection, site: string, meter: string, id: string): Promise<number> {
  for (let repeated = 0;; repeated++) {
    try {
      await transact(client, site, meter, id);
      return repeated;
    } catch (error) {
      if (repeated >= mostRepeats) throw error;
      await systemTime.sleep(pauseMs);
    }
  }
}
